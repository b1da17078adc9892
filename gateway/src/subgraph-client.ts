import type { Span } from '@opentelemetry/api';
import { type GraphQLFormattedError, OperationTypeNode } from 'graphql';
import { Pool } from 'undici';
import { z } from 'zod';
import { inClientSpan, noteStatus } from '@shop/shared/http/client-span';
import type { Histogram } from '@shop/shared/telemetry/metrics';
import type { Telemetry } from '@shop/shared/telemetry/telemetry';
import type { GatewayContext } from './context.js';
import { exchange } from './exchange.js';
import { isRecord } from './execution/data.js';
import type { SubgraphAnswer, SubgraphRequest } from './execution/subgraph-request.js';
import type { Proof } from './gateway-proof.js';
import { pathOfFailedFetch } from './failed-fetch.js';
import { errorOf, PART_AWAY, toPublicError } from './public-errors.js';
import { tooMuch } from './too-much.js';

interface SubgraphClientOptions {
  readonly timeoutMs: number;
  /** Of one answer. */
  readonly mostBytes: number;
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
const STALE_CONNECTION: ReadonlySet<unknown> = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE']);

/** What it reports of an answer that has more bytes than it may. */
const TOO_LARGE = 'UND_ERR_RES_EXCEEDED_MAX_SIZE';

/**
 * One subgraph over a pool of kept connections. A subgraph that is away, too slow, or answers something else than
 * GraphQL costs the fields that were asked of it and one SUBGRAPH_UNAVAILABLE; an answer that is too large costs them and
 * one BAD_USER_INPUT, for less can be asked for; its partial answers pass through.
 */
export class SubgraphClient {
  private readonly pool: Pool;
  private readonly url: URL;
  private readonly path: string;
  private readonly durations: Histogram<'subgraph' | 'outcome'>;

  constructor(
    private readonly name: string,
    url: string,
    private readonly options: SubgraphClientOptions,
  ) {
    this.url = new URL(url);
    this.path = this.url.pathname + this.url.search;
    this.pool = new Pool(this.url.origin, {
      ...{ connections: CONNECTIONS, pipelining: 1 },
      maxResponseSize: options.mostBytes,
    });
    this.durations = options.telemetry.metrics.histogram({
      name: 'gateway_subgraph_request_duration_seconds',
      help: 'Requests to a subgraph: ok when it answered, too_large when with more than it may, else unavailable',
      labels: ['subgraph', 'outcome'],
    });
  }

  /** Asks with the identity of whoever the operation is for. Never rejects. */
  async ask({ fetch, body }: SubgraphRequest, context: GatewayContext): Promise<SubgraphAnswer> {
    const since = performance.now();
    const done = (outcome: string) =>
      this.durations.observe({ subgraph: this.name, outcome }, (performance.now() - since) / 1_000);
    try {
      const answer = await this.send(body, context, fetch.operationKind !== OperationTypeNode.MUTATION);
      done('ok');
      return answer;
    } catch (error) {
      const tooLarge = codeOf(error) === TOO_LARGE;
      done(tooLarge ? 'too_large' : 'unavailable');
      this.options.telemetry.logger.warn(
        { err: error, subgraph: this.name, requestId: context.requestId },
        tooLarge ? 'answer too large' : 'subgraph away',
      );
      const shown = tooLarge ? this.tooMuch() : errorOf('SUBGRAPH_UNAVAILABLE', PART_AWAY);
      const path = pathOfFailedFetch(fetch.operation);
      return { data: null, errors: [{ ...shown, ...(path && { path }) }], unanswered: true };
    }
  }

  private tooMuch(): GraphQLFormattedError {
    const limit = `a part of the answer has more than ${this.options.mostBytes} bytes`;
    return toPublicError(tooMuch(limit));
  }

  /** Lets go of all connections; what is still asked fails. */
  async close(): Promise<void> {
    await this.pool.destroy();
  }

  /** Asks again, once, where a kept connection turned out to be closed: never for a mutation, which may have run. */
  private async send(body: string, context: GatewayContext, repeatable: boolean): Promise<SubgraphAnswer> {
    try {
      return await this.post(body, context);
    } catch (error) {
      if (!repeatable || !STALE_CONNECTION.has(codeOf(error))) throw error;
      return await this.post(body, context);
    }
  }

  private post(body: string, context: GatewayContext): Promise<SubgraphAnswer> {
    const { name, url } = this;
    const request = { name: `fetch ${name}`, method: 'POST', url, service: name };
    return inClientSpan(this.options.telemetry, request, (trace, span) => this.postTraced(body, context, trace, span));
  }

  private async postTraced(
    body: string,
    context: GatewayContext,
    trace: Record<string, string>,
    span: Span,
  ): Promise<SubgraphAnswer> {
    const proof = this.options.proof(this.name);
    const headers = { ...trace, ...headersFor(context), ...proof };
    const { path, pool } = this;
    const { statusCode, contentType, text } = await exchange(pool, {
      ...{ path, headers, body },
      timeoutMs: this.options.timeoutMs,
    });
    noteStatus(span, statusCode);
    // A service of the shop says this of the gateway alone, never of the client.
    if (statusCode === 403 && Object.keys(proof).length > 0)
      throw new Error('HTTP 403: it does not know this gateway; its GATEWAY_SECRET must be made of the same one');
    if (typeof contentType !== 'string' || !JSON_TYPE.test(contentType)) {
      throw new Error(`HTTP ${statusCode} with content type ${String(contentType)}`);
    }
    const answer: unknown = JSON.parse(text);
    if (isPlainAnswer(answer)) return answer;
    const parsed = graphqlResponse.safeParse(answer);
    if (!parsed.success) throw new Error(`HTTP ${statusCode} with JSON that is no GraphQL response`);
    return parsed.data as SubgraphAnswer;
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

/** What most answers are: data and nothing else, whose form nobody has to look at any further. */
function isPlainAnswer(answer: unknown): answer is SubgraphAnswer {
  return isRecord(answer) && isRecord(answer['data']) && answer['errors'] === undefined;
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
