import { once } from 'node:events';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { OrdinaryOperation } from './ordinary-operations.js';

interface Sent {
  /** The phase in which it was sent and answered; null between two. */
  readonly during: string | null;
  readonly tookMs: number;
  readonly failure: string | null;
}

/** Gentle: most of the time nothing of it is under way. */
const EVERY_MS = 200;

/** A well-behaved client that goes on and on, whatever happens beside it. */
export class SteadyClient {
  /** In ms, by phase. */
  readonly durations: Record<string, number[]> = {};
  /** Answers that it should not have had. */
  readonly failures: string[] = [];

  private readonly ended: Promise<unknown>;

  private constructor(private readonly worker: Worker) {
    this.ended = once(worker, 'exit');
    worker.on('message', ({ during, tookMs, failure }: Sent) => {
      if (failure !== null) this.failures.push(failure);
      if (during !== null) (this.durations[during] ??= []).push(tookMs);
    });
    worker.on('error', (error) => this.failures.push(String(error)));
  }

  static start(url: string, token: string, operations: readonly OrdinaryOperation[]): SteadyClient {
    const bodies = operations.map((operation) => JSON.stringify(operation));
    const workerData = { url, token, bodies, everyMs: EVERY_MS };
    return new SteadyClient(new Worker(join(import.meta.dirname, 'steady-thread.ts'), { workerData }));
  }

  /** From now on it is in another phase; null: in none that counts. */
  enter(phase: string | null): void {
    this.worker.postMessage(phase);
  }

  async stop(): Promise<void> {
    this.worker.postMessage('stop');
    await this.ended;
  }
}
