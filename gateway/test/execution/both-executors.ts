import { composeServices } from '@apollo/composition';
import { operationFromDocument, Supergraph } from '@apollo/federation-internals';
import { buildOperationContext, executeQueryPlan, type GraphQLDataSource } from '@apollo/gateway';
import { type QueryPlan, QueryPlanner } from '@apollo/query-planner';
import { type DocumentNode, type ExecutionResult, GraphQLError, type GraphQLSchema, parse } from 'graphql';
import type { Answer, CompiledOperation, ExecutionSchemas } from '../../src/execution/compiled-operation.js';
import type { SubgraphAnswer } from '../../src/execution/subgraph-request.js';
import { type Asked, FakeSubgraph } from './fake-subgraph.js';
import type { Faults } from './faults.js';
import type { SubgraphText } from './random-graph.js';
import type { RandomOperation } from './random-operation.js';
import { Turns } from './turns.js';

/** What an executor came to, in a form in which two of them are the same text when they mean the same. */
export interface Came {
  readonly rejected?: string;
  readonly data?: string;
  readonly errors?: readonly string[];
  readonly extensions?: string;
  /** What was asked of subgraphs; of what was asked twice in one request, once. */
  readonly asked: readonly string[];
}

type Executor = (variables: Record<string, unknown>, ask: AskFake) => Promise<Answer<unknown>>;
type AskFake = (service: string, asked: Asked) => Promise<ExecutionResult>;

export type Compile = typeof CompiledOperation;

/** Subgraphs that compose, and the planner of their supergraph. */
export class Graph {
  private constructor(
    readonly schemas: ExecutionSchemas,
    private readonly planner: QueryPlanner,
    private readonly subgraphs: ReadonlyMap<string, FakeSubgraph>,
  ) {}

  /** Null where they don't compose. */
  static compose(texts: readonly SubgraphText[]): Graph | null {
    const services = texts.map(({ name, typeDefs }) => ({ name, url: `http://${name}`, typeDefs: parse(typeDefs) }));
    const { supergraphSdl } = composeServices(services);
    if (supergraphSdl === undefined) return null;
    const supergraph = Supergraph.build(supergraphSdl);
    const apiSchema = supergraph.apiSchema();
    const schema = apiSchema.toGraphQLJSSchema();
    const supergraphSchema = supergraph.schema.toGraphQLJSSchema();
    const subgraphs = new Map(texts.map((text) => [text.name, new FakeSubgraph(text)]));
    return new Graph({ apiSchema, schema, supergraphSchema }, new QueryPlanner(supergraph), subgraphs);
  }

  get schema(): GraphQLSchema {
    return this.schemas.schema;
  }

  plan(document: DocumentNode): QueryPlan {
    return this.planner.buildQueryPlan(operationFromDocument(this.schemas.apiSchema, document));
  }

  /** Runs an executor among these subgraphs. */
  async run(execute: Executor, { variables }: RandomOperation, world: string, faults: Faults): Promise<Came> {
    const turns = new Turns();
    const requests: string[] = [];
    const ask: AskFake = async (service, asked) => {
      const key = `${service} ${asked.query} ${JSON.stringify(distinct(asked.variables))}`;
      requests.push(key);
      await turns.take(key);
      const subgraph = this.subgraphs.get(service);
      if (!subgraph) throw new Error(`there is no ${service}`);
      return await subgraph.answer(asked, world, faults);
    };
    const came = await execute(structuredClone(variables), ask).then(asText, (error: unknown) => ({
      rejected: error instanceof Error ? error.message : String(error),
    }));
    return { ...came, asked: requests.toSorted() };
  }
}

function distinct({ representations, ...others }: Asked['variables']): unknown {
  if (!Array.isArray(representations)) return others;
  const texts = representations.map((one) => JSON.stringify(one));
  return { ...others, representations: [...new Set(texts)].sort() };
}

/** As @apollo/gateway executes it. */
export function stockExecutor({ schemas }: Graph, document: DocumentNode, plan: QueryPlan): Executor {
  const { schema, supergraphSchema, apiSchema } = schemas;
  const operation = buildOperationContext({ schema, operationDocument: document, operationName: undefined });
  return async (variables, ask) => {
    const services = new Proxy<Record<string, GraphQLDataSource>>(
      {},
      {
        get: (_, service) =>
          ({
            process: ({ request }: { request: { query: string; variables: Record<string, unknown> } }) =>
              ask(String(service), JSON.parse(JSON.stringify(request)) as Asked),
          }) as unknown as GraphQLDataSource,
      },
    );
    const requestContext = { request: { variables }, context: {}, logger: console, metrics: {} } as unknown;
    return (await executeQueryPlan(
      plan,
      services,
      requestContext as Parameters<typeof executeQueryPlan>[2],
      operation,
      supergraphSchema,
      apiSchema,
    )) as Answer<unknown>;
  };
}

/** As ours does, by whichever of its two ways. */
export function compiledExecutor(
  Compiled: Compile,
  { schemas }: Graph,
  document: DocumentNode,
  plan: QueryPlan,
  way: 'runToText' | 'runToObject',
): Executor {
  const compiled = new Compiled(plan, document, undefined, schemas);
  return async (variables, ask) => {
    const answer = await compiled[way]({
      variables,
      ask: ({ fetch, body }) => ask(fetch.serviceName, JSON.parse(body) as Asked) as Promise<SubgraphAnswer>,
    });
    // Text that is no JSON is a fault of its own.
    return typeof answer.data === 'string' ? { ...answer, data: JSON.parse(answer.data) as unknown } : answer;
  };
}

function asText({ data, errors, extensions }: Answer<unknown>): Omit<Came, 'asked'> {
  return {
    ...(data !== undefined && { data: JSON.stringify(data) }),
    // Parallel fetches fail in whatever order.
    ...(errors && { errors: errors.map(errorText).toSorted() }),
    ...(extensions && { extensions: JSON.stringify(extensions.valueCompletion.map(errorText)) }),
  };
}

function errorText(error: unknown): string {
  if (!(error instanceof GraphQLError)) return `${(error as Error).name}: ${sameCount((error as Error).message)}`;
  const { message, path, extensions } = error;
  return JSON.stringify({ message, path, extensions });
}

/** Ours asks once about what stock asks about twice, and so is owed fewer answers. */
function sameCount(message: string): string {
  return message.replace(/(to contain) \d+ (elements)/, '$1 so many $2');
}
