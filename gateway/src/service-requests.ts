import { AsyncLocalStorage } from 'node:async_hooks';
import type { FastifyReply } from 'fastify';
import { Agent, type Dispatcher } from 'undici';

type Answered = (error: Error | null, answer: Dispatcher.ResponseData) => void;

/** Requests to services over kept connections, each given up as soon as nobody waits for its answer any more. */
export class ServiceRequests {
  private readonly agent: Agent;
  private readonly wanted = new AsyncLocalStorage<AbortSignal>();

  /** @param timeoutMs how long a service may take to be connected to, to answer, and between two parts of an answer */
  constructor(timeoutMs: number) {
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
      this.agent.request({ ...options, signal: this.wanted.getStore() ?? null }, answered)) as Dispatcher['request'],
  };

  async close(): Promise<void> {
    await this.agent.destroy();
  }
}
