import { type CompositeType, type Operation, operationFromDocument, type Schema } from '@apollo/federation-internals';
import type { QueryPlan } from '@apollo/query-planner';
import {
  type DocumentNode,
  getVariableValues,
  GraphQLError,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  type OperationTypeNode,
} from 'graphql';
import { fewErrors } from '@shop/shared/graphql/few-errors';
import type { Data } from './data.js';
import { introspectionAnswer } from './introspection-answer.js';
import type { PlanRun } from './plan-run.js';
import { compileNode } from './plan-steps.js';
import { type Plannable, plannable } from './plannable.js';
import { isConditional, type Selections, selectionsOf, type Variables } from './selections.js';
import { compileText } from './shape-text.js';
import { shapeInto } from './shape-object.js';
import type { Shaping } from './shaping.js';
import type { Ask } from './subgraph-request.js';

/** A supergraph in the forms that operations are compiled against. */
export interface ExecutionSchemas {
  readonly apiSchema: Schema;
  /** As clients see it. */
  readonly schema: GraphQLSchema;
  readonly supergraphSchema: GraphQLSchema;
}

/** An answer to an operation. Its data is absent when it could not be made at all. */
export interface Answer<Shown> {
  readonly data?: Shown | null;
  /** What was thrown on the way, and what subgraphs said: GraphQLErrors, or any others. */
  readonly errors?: readonly unknown[];
  /** What was no value of its type, told only where there are no errors. */
  readonly extensions?: { readonly valueCompletion: readonly GraphQLError[] };
}

interface RunOptions {
  /** The client's, as they were sent, once they were found to be what the operation takes. */
  readonly variables: Variables | undefined;
  readonly ask: Ask;
}

/**
 * A planned operation, compiled once, to be run with any variables: as `executeQueryPlan` of @apollo/gateway runs its
 * plan, but that a subgraph is asked once about what several places need of it. Throws a GraphQLError for a document that
 * is none for this schema.
 */
export class CompiledOperation {
  private readonly operation: Operation;
  private readonly selections: Selections;
  private readonly conditional: boolean;
  private readonly defaults: Variables;
  private readonly root: CompositeType;
  private readonly step;
  private readonly writeText;
  private readonly planned: Plannable;
  /** In the client's words. */
  private readonly asked: OperationDefinitionNode;
  private readonly definition: OperationDefinitionNode;

  constructor(
    plan: QueryPlan,
    document: DocumentNode,
    operationName: string | undefined,
    private readonly schemas: ExecutionSchemas,
  ) {
    const { apiSchema, supergraphSchema } = schemas;
    this.planned = plannable(document);
    this.asked = definitionIn(document, operationName);
    this.definition = definitionIn(this.planned.document, operationName);
    const only = withOnly(this.definition, this.planned.document);
    this.operation = operationFromDocument(apiSchema, only, { validate: false });
    const { variableDefinitions, rootKind } = this.operation;
    if (plan.node?.kind === 'Subscription') throw new Error('Execution of subscriptions not supported by gateway');
    this.step = plan.node && compileNode({ schema: supergraphSchema, variableDefinitions }, plan.node);
    this.selections = selectionsOf(this.operation);
    this.conditional = isConditional(this.selections);
    this.defaults = this.operation.collectDefaultedVariableValues();
    this.root = apiSchema.schemaDefinition.rootType(rootKind) as CompositeType;
    this.writeText = compileText(apiSchema, this.selections, this.root);
  }

  get kind(): OperationTypeNode {
    return this.definition.operation;
  }

  get name(): string | undefined {
    return this.definition.name?.value;
  }

  /** Of a client's variables, as they were sent, those that the operation takes, by name. */
  taken(variables: Variables | undefined): readonly (readonly [string, unknown])[] {
    const { variableDefinitions = [] } = this.asked;
    return variableDefinitions.flatMap(({ variable: { name } }) =>
      variables && Object.hasOwn(variables, name.value) ? [[name.value, variables[name.value]] as const] : [],
    );
  }

  /** What is wrong with a client's variables, if anything: then the operation is not to be run. */
  mistakesIn(variables: Variables | undefined): readonly GraphQLError[] {
    const { variableDefinitions = [] } = this.asked;
    if (variableDefinitions.length === 0) return [];
    const { errors = [] } = getVariableValues(this.schemas.schema, variableDefinitions, variables ?? {}, fewErrors);
    // Beyond these there is one that says so, which Apollo's server would take for a fault of ours.
    return errors.slice(0, fewErrors.maxErrors);
  }

  /** The answer with its data as JSON text. Rejects when a subgraph's answer is no data that its plan could go on with. */
  async runToText(options: RunOptions): Promise<Answer<string>> {
    const run = await this.run(options);
    return this.answer(run, (shaping) => this.writeText(shaping, run.data));
  }

  /** The same with its data as an object. */
  async runToObject(options: RunOptions): Promise<Answer<Data>> {
    const run = await this.run(options);
    return this.answer(run, (shaping) => {
      const output = Object.create(null) as Data;
      return shapeInto(shaping, output, run.data, this.selections, this.root) ? output : null;
    });
  }

  private async run({ variables, ask }: RunOptions): Promise<PlanRun> {
    const run: PlanRun = {
      variables: this.planned.variablesOf(variables),
      ask,
      data: Object.create(null) as Data,
      errors: [],
    };
    await this.step?.(run, run.data);
    return run;
  }

  private answer<Shown>({ variables, errors }: PlanRun, shape: (shaping: Shaping) => Shown | null): Answer<Shown> {
    const shaping: Shaping = {
      schema: this.schemas.apiSchema,
      variables: this.conditional ? { ...this.defaults, ...variables } : this.defaults,
      path: [],
      mistakes: [],
      introspect: (field) =>
        introspectionAnswer(this.schemas.schema, this.definition.variableDefinitions ?? [], field, variables),
    };
    try {
      const data = shape(shaping);
      if (errors.length > 0) return { data, errors };
      return shaping.mistakes.length > 0 ? { data, extensions: { valueCompletion: shaping.mistakes } } : { data };
    } catch (error) {
      return { errors: [asGraphqlError(error)] };
    }
  }
}

function asGraphqlError(error: unknown): GraphQLError {
  if (error instanceof GraphQLError) return error;
  if (error instanceof Error) return new GraphQLError(error.message, { originalError: error });
  return new GraphQLError('Unexpected error during query plan execution');
}

function definitionIn({ definitions }: DocumentNode, operationName: string | undefined): OperationDefinitionNode {
  const definition = definitions.find(
    (node) => node.kind === Kind.OPERATION_DEFINITION && (!operationName || node.name?.value === operationName),
  );
  if (definition?.kind !== Kind.OPERATION_DEFINITION) throw new GraphQLError('there is no operation of that name');
  return definition;
}

function withOnly(operation: OperationDefinitionNode, { definitions }: DocumentNode): DocumentNode {
  const fragments = definitions.filter(({ kind }) => kind === Kind.FRAGMENT_DEFINITION);
  return { kind: Kind.DOCUMENT, definitions: [operation, ...fragments] };
}
