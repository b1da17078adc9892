import { type DocumentNode, GraphQLError, parse } from 'graphql';
import { type AppError, badInput } from '@shop/shared/errors/app-error';
import { type Extent, extentOf } from './document-extent.js';
import { TextCache } from '@shop/shared/text/text-cache';

/** How much one document may ask for: the tokens of its text, and its extent. */
export interface DocumentLimits extends Extent {
  readonly tokens: number;
}

const REMEMBERED_CHARACTERS = 250_000;

/**
 * The way in for every text that a client sends as GraphQL, whatever the transport and the schema. Validation and planning
 * take time that grows faster than what a document asks for, and fragments within fragments double that with each line:
 * so they are for documents that were admitted.
 */
export class Limits {
  private readonly admitted = new TextCache<DocumentNode>(REMEMBERED_CHARACTERS);

  constructor(private readonly limits: DocumentLimits) {}

  /** The parsed document. Throws BAD_USER_INPUT when it asks for too much, and a GraphQLError when it is no GraphQL. */
  admit(query: string): DocumentNode {
    const known = this.admitted.get(query);
    if (known) return known;
    const document = this.parse(query);
    this.check(document);
    this.admitted.set(query, document);
    return document;
  }

  private check(document: DocumentNode): void {
    const { depth, fields, aliases } = extentOf(document);
    if (depth > this.limits.depth) throw tooMuch(`fields within fields are at most ${this.limits.depth} deep`);
    if (fields > this.limits.fields) throw tooMuch(`with its fragments it may have ${this.limits.fields} fields`);
    if (aliases > this.limits.aliases) throw tooMuch(`with its fragments it may have ${this.limits.aliases} aliases`);
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
}

function tooMuch(limit: string): AppError {
  return badInput(`the query asks for too much: ${limit}`, 'query');
}
