import type { GraphQLDataSource, GraphQLDataSourceProcessOptions } from '@apollo/gateway';
import type { Span } from '@opentelemetry/api';
import { Pool } from 'undici';
import { z } from 'zod';
import { inClientSpan, noteStatus } from '@shop/shared/http/client-span';
import type { Histogram } from '@shop/shared/telemetry/metrics';
import type { Telemetry } from '@shop/shared/telemetry/telemetry';
import type { GatewayContext } from './context.js';
import type { Proof } from './gateway-proof.js';
import { pathOfFailedFetch } from './failed-fetch.js';
import { errorOf, PART_AWAY } from './public-errors.js';

type ProcessOptions = GraphQLDataSourceProcessOptions<GatewayContext>;
type Response = Awaited<ReturnType<GraphQLDataSource['process']>>;

interface SubgraphClientOptions {
  readonly timeoutMs: number;
  readonly proof: Proof;
  readonly telemetry: Telemetry;
}

/** A GraphQL response (GraphQL specification, section 7.1), whatever its HTTP status is. */
const graphqlResponse = z
  .object({
    data: z.record(z.string(), z.unknown()).nullish(),
    errors: z.array(z.looseObject({ message: z.string() })).optional(),
  })
  .refine(({ data, errors }) => data !== undefined || errors !== undefined);

const JSON_TYPE = /^application\/(?:graphql-response\+)?json\b/i;
const CONNECTIONS = 64;
/** What undici reports of a kept connection that the other side had already closed. */
const STALE_CONNECTION = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE']);

/**
 * One subgraph over a pool of kept connections. A subgraph that is away, too slow, or answers something else than
 * GraphQL costs the fields that were asked of it and one SUBGRAPH_UNAVAILABLE; its partial answers pass through.
 */
export class SubgraphClient implements GraphQLDataSource<GatewayContext> {
  private readonly pool: Pool;
  private readonly url: URL;
  private readonly durations: Histogram<'subgraph' | 'outcome'>;

  constructor(
    private readonly name: string,
    url: string,
    private readonly options: SubgraphClientOptions,
  ) {
    this.url = new URL(url);
    this.pool = new Pool(this.url.origin, { connections: CONNECTIONS, pipelining: 1 });
    this.durations = options.telemetry.metrics.histogram({
      name: 'gateway_subgraph_request_duration_seconds',
      help: 'Requests to a subgraph: ok when it answered, unavailable when it did not, or not in GraphQL',
      labels: ['subgraph', 'outcome'],
    });
  }

  async process(options: ProcessOptions): Promise<Response> {
    const { query = '', variables, operationName } = options.request;
    // Always one of ours: the gateway's other kinds of request, health checks and schema polling, are not in use.
    const context = options.context as GatewayContext;
    const body = JSON.stringify({ query, variables, operationName });
    const since = performance.now();
    const done = (outcome: string) =>
      this.durations.observe({ subgraph: this.name, outcome }, (performance.now() - since) / 1_000);
    try {
      const answer = await this.send(body, context, !query.startsWith('mutation'));
      done('ok');
      return answer as Response;
    } catch (error) {
      done('unavailable');
      this.options.telemetry.logger.warn(
        { err: error, subgraph: this.name, requestId: context.requestId },
        'subgraph away',
      );
      return {
        data: null,
        errors: [{ ...errorOf('SUBGRAPH_UNAVAILABLE', PART_AWAY), path: pathOfFailedFetch(query) }],
      };
    }
  }

  /** Lets go of all connections; what is still asked fails. */
  async close(): Promise<void> {
    await this.pool.destroy();
  }

  /** Asks again, once, where a kept connection turned out to be closed: never for a mutation, which may have run. */
  private async send(
    body: string,
    context: GatewayContext,
    repeatable: boolean,
  ): Promise<z.output<typeof graphqlResponse>> {
    try {
      return await this.post(body, context);
    } catch (error) {
      if (!repeatable || !(error instanceof Error && 'code' in error && STALE_CONNECTION.has(String(error.code))))
        throw error;
      return await this.post(body, context);
    }
  }

  private post(body: string, context: GatewayContext): Promise<z.output<typeof graphqlResponse>> {
    const { name, url } = this;
    const request = { name: `fetch ${name}`, method: 'POST', url, service: name };
    return inClientSpan(this.options.telemetry, request, (trace, span) => this.postTraced(body, context, trace, span));
  }

  private async postTraced(
    body: string,
    context: GatewayContext,
    trace: Record<string, string>,
    span: Span,
  ): Promise<z.output<typeof graphqlResponse>> {
    const proof = this.options.proof(this.name);
    const response = await this.pool.request({
      method: 'POST',
      path: this.url.pathname + this.url.search,
      headers: { ...trace, ...headersFor(context), ...proof },
      body,
      signal: AbortSignal.timeout(this.options.timeoutMs),
    });
    noteStatus(span, response.statusCode);
    const text = await response.body.text();
    // A service of the shop says this of the gateway alone, never of the client.
    if (response.statusCode === 403 && Object.keys(proof).length > 0)
      throw new Error('HTTP 403: it does not know this gateway; its GATEWAY_SECRET must be made of the same one');
    const contentType = response.headers['content-type'];
    if (typeof contentType !== 'string' || !JSON_TYPE.test(contentType)) {
      throw new Error(`HTTP ${response.statusCode} with content type ${String(contentType)}`);
    }
    const parsed = graphqlResponse.safeParse(JSON.parse(text));
    if (!parsed.success) throw new Error(`HTTP ${response.statusCode} with JSON that is no GraphQL response`);
    return parsed.data;
  }
}

function headersFor({ authorization, requestId, clientAddress }: GatewayContext): Record<string, string> {
  return {
    'content-type': 'application/json',
    accept: 'application/json',
    'x-request-id': requestId,
    'x-forwarded-for': clientAddress,
    ...(authorization !== null && { authorization }),
  };
}
