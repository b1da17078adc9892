import {
  type DocumentNode,
  getOperationAST,
  GraphQLError,
  type GraphQLSchema,
  type OperationDefinitionNode,
  parse,
  TokenKind,
} from 'graphql';
import { badInput, forbidden } from '@shop/shared/errors/app-error';
import { type Cost, costOf, holdsFor } from './document-cost.js';
import { type Extent, extentOf } from './document-extent.js';
import { bytesOfDocument, tokensOf } from '@shop/shared/graphql/document-tokens';
import { TextCache } from '@shop/shared/text/text-cache';
import { introspects } from './introspection.js';
import type { OperationRequest } from './subscriptions/operation-request.js';
import { tooMuch } from './too-much.js';
import { extentOfVariables } from './variables-extent.js';

/** How much one operation may ask for: by its text, its extent, what it may cost, and its variables. */
export interface DocumentLimits extends Extent {
  /** Comments too. */
  readonly tokens: number;
  /** Letters of a name: an alias comes back with every item of a list. */
  readonly nameLength: number;
  /** 0: whatever it costs. */
  readonly cost: number;
  /** Of one list in the variables. */
  readonly listItems: number;
  /** Whether the schema may be asked for. */
  readonly introspection: boolean;
}

const REMEMBERED_BYTES = 16 * 2 ** 20;

/**
 * The way in for every text that a client sends as GraphQL, whatever the transport and the schema. Validation and planning
 * take time that grows faster than what a document asks for, and fragments within fragments double that with each line:
 * so they are for documents that were admitted.
 */
export class Limits {
  private readonly admitted = new TextCache<DocumentNode>(REMEMBERED_BYTES);
  private costs = new WeakMap<OperationDefinitionNode, Cost>();
  private costsFor: GraphQLSchema | null = null;

  constructor(
    private readonly limits: DocumentLimits,
    private readonly schema: () => GraphQLSchema,
  ) {}

  /**
   * The parsed document. Throws BAD_USER_INPUT when the operation asks for too much, FORBIDDEN when it asks for the schema
   * and may not, and a GraphQLError when it is no GraphQL.
   */
  admit(request: OperationRequest): DocumentNode {
    const document = this.documentOf(request.query);
    const { variables = {}, operationName } = request;
    this.checkVariables(variables);
    const operation = getOperationAST(document, operationName);
    if (operation && this.limits.cost > 0) this.checkCost(this.costOf(document, operation, variables));
    return document;
  }

  private documentOf(query: string): DocumentNode {
    const known = this.admitted.get(query);
    if (known) return known;
    const document = this.parse(query);
    this.checkText(document);
    this.checkExtent(document);
    if (!this.limits.introspection && introspects(document)) throw forbidden('introspection is switched off here');
    this.admitted.set(query, document, bytesOfDocument(document));
    return document;
  }

  private parse(query: string): DocumentNode {
    try {
      return parse(query, { maxTokens: this.limits.tokens });
    } catch (error) {
      // The parser tells this from a mistake by its words alone.
      const aborted = error instanceof GraphQLError && error.message.endsWith('Parsing aborted.');
      // Where more tokens are allowed than its stack can take.
      if (aborted || error instanceof RangeError) throw tooMuch(`it may have ${this.limits.tokens} tokens`);
      throw error;
    }
  }

  /** The parser counts no comments, and keeps them. */
  private checkText(document: DocumentNode): void {
    const most = this.limits;
    let count = 0;
    for (const { kind, value } of tokensOf(document)) {
      count += kind === TokenKind.SOF || kind === TokenKind.EOF ? 0 : 1;
      if (count > most.tokens) throw tooMuch(`it may have ${most.tokens} tokens, comments among them`);
      if (kind === TokenKind.NAME && value.length > most.nameLength)
        throw tooMuch(`a name in it may have ${most.nameLength} letters`);
    }
  }

  private checkExtent(document: DocumentNode): void {
    const { depth, fields, aliases, directives } = extentOf(document);
    const most = this.limits;
    if (depth > most.depth) throw tooMuch(`fields within fields are at most ${most.depth} deep`);
    if (fields > most.fields) throw tooMuch(`with its fragments it may have ${most.fields} fields`);
    if (aliases > most.aliases) throw tooMuch(`with its fragments it may have ${most.aliases} aliases`);
    if (directives > most.directives) throw tooMuch(`with its fragments it may have ${most.directives} directives`);
  }

  private checkVariables(variables: Readonly<Record<string, unknown>>): void {
    const { depth, items, finite } = extentOfVariables(variables);
    const most = this.limits;
    if (!finite) throw badInput('a number in the variables is too large to be one', 'variables');
    if (depth > most.depth) throw tooMuch(`values within values are at most ${most.depth} deep`, 'variables');
    if (items > most.listItems) throw tooMuch(`a list may have ${most.listItems} items`, 'variables');
  }

  private costOf(document: DocumentNode, operation: OperationDefinitionNode, variables: Record<string, unknown>): Cost {
    const schema = this.schema();
    if (this.costsFor !== schema) this.costs = new WeakMap();
    this.costsFor = schema;
    const known = this.costs.get(operation);
    if (known && holdsFor(known, variables)) return known;
    const cost = costOf(schema, document, operation, variables);
    this.costs.set(operation, cost);
    return cost;
  }

  private checkCost({ cost, longest }: Cost): void {
    const most = this.limits.cost;
    if (cost <= most) return;
    // One list alone that is too long is that argument's mistake.
    const field = longest && longest.size > most ? longest.argument : undefined;
    throw tooMuch(`with every list as long as it may be it costs ${Math.ceil(cost)}, and may cost ${most}`, field);
  }
}
