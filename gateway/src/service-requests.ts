import { AsyncLocalStorage } from 'node:async_hooks';
import { context, SpanKind, trace } from '@opentelemetry/api';
import type { FastifyReply } from 'fastify';
import { Agent, type Dispatcher } from 'undici';
import { noteStatus } from '@shop/shared/http/client-span';
import type { Telemetry } from '@shop/shared/telemetry/telemetry';
import { traceHeaders } from '@shop/shared/telemetry/trace-context';
import { failSpan } from '@shop/shared/telemetry/tracing';

type Answered = (error: Error | null, answer: Dispatcher.ResponseData) => void;

/** Requests to services over kept connections, each given up as soon as nobody waits for its answer any more. */
export class ServiceRequests {
  private readonly agent: Agent;
  private readonly wanted = new AsyncLocalStorage<AbortSignal>();

  /** @param timeoutMs how long a service may take to be connected to, to answer, and between two parts of an answer */
  constructor(
    timeoutMs: number,
    private readonly telemetry: Pick<Telemetry, 'tracing'>,
  ) {
    this.agent = new Agent({ connect: { timeout: timeoutMs }, headersTimeout: timeoutMs, bodyTimeout: timeoutMs });
  }

  /** Does `work`, whose requests end when the client of this reply has gone. */
  whileWanted({ raw }: Pick<FastifyReply, 'raw'>, work: () => void): void {
    const gone = new AbortController();
    raw.once('close', () => gone.abort());
    this.wanted.run(gone.signal, work);
  }

  /** What @fastify/reply-from wants of undici. */
  readonly undici = {
    request: ((options: Dispatcher.RequestOptions, answered: Answered) =>
      this.send(options, answered)) as Dispatcher['request'],
  };

  /** A CLIENT span, which ends with the head of the answer: its body is passed on while it arrives. */
  private send(options: Dispatcher.RequestOptions, answered: Answered): void {
    const { method, origin, path } = options;
    const attributes = { 'http.request.method': method, 'url.full': `${String(origin)}${path.split('?')[0] ?? ''}` };
    const span = this.telemetry.tracing.tracer.startSpan(method, { kind: SpanKind.CLIENT, attributes });
    const given = options.headers as Record<string, string>;
    const headers = { ...given, ...traceHeaders(trace.setSpan(context.active(), span)) };
    const signal = this.wanted.getStore() ?? null;
    this.agent.request({ ...options, headers, signal }, (error, answer) => {
      if (error) failSpan(span, error);
      else noteStatus(span, answer.statusCode);
      span.end();
      answered(error, answer);
    });
  }

  async close(): Promise<void> {
    await this.agent.destroy();
  }
}
