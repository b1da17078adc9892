import type { ApolloGateway } from '@apollo/gateway';
import type { ApolloServerOptionsWithGateway } from '@apollo/server';
import type { CurrentSupergraph } from '../current-supergraph.js';
import type { GatewayContext } from '../context.js';
import type { Subgraphs } from '../subgraphs.js';
import type { Answer } from './compiled-operation.js';
import type { CompiledOperations } from './compiled-operations.js';
import type { Data } from './data.js';

type GatewayInterface = ApolloServerOptionsWithGateway<GatewayContext>['gateway'];
type Loaded = Awaited<ReturnType<GatewayInterface['load']>>;
type Executor = NonNullable<Loaded['executor']>;
type RequestContext = Parameters<Executor>[0];
type Result = Awaited<ReturnType<Executor>>;

/** An Apollo gateway for a server: it loads the supergraph, and ours runs the operations. */
export class CompiledGateway implements GatewayInterface {
  constructor(
    private readonly gateway: ApolloGateway,
    private readonly supergraph: CurrentSupergraph,
    private readonly operations: CompiledOperations,
    private readonly subgraphs: Subgraphs,
  ) {}

  async load(options: Parameters<GatewayInterface['load']>[0]): Promise<Loaded> {
    await this.gateway.load(options);
    return { executor: (requestContext) => this.execute(requestContext) };
  }

  onSchemaLoadOrUpdate(callback: Parameters<GatewayInterface['onSchemaLoadOrUpdate']>[0]): () => void {
    return this.gateway.onSchemaLoadOrUpdate(callback);
  }

  stop(): Promise<void> {
    return this.gateway.stop();
  }

  /** Of an operation that the server has found valid. */
  private async execute({ source, request, document, schema, context }: RequestContext): Promise<Result> {
    const { answered } = context as GatewayContext;
    if (answered) return withObject(await answered);
    const { operationName, variables } = request;
    const named = { query: source, operationName };
    // Where the schema has changed since it was found valid, what comes of it is not for those who come after.
    const kept = schema === this.supergraph.loaded.schema;
    const operation = (kept && this.operations.find(named)) || this.operations.compile(named, document, { kept });
    const mistakes = operation.mistakesIn(variables);
    if (mistakes.length > 0) return { errors: mistakes };
    const ask = this.subgraphs.askedFor(context as GatewayContext);
    return (await operation.runToObject({ variables, ask })) as Result;
  }
}

/** An answer whose data is text, for who wants objects. */
function withObject({ data, ...others }: Answer<string>): Result {
  const read = typeof data === 'string' ? (JSON.parse(data) as Data) : data;
  return { ...others, ...(read !== undefined && { data: read }) } as Result;
}
