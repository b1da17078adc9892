import type { Counter, Histogram } from 'prom-client';
import { type Bus, type IncomingMessage, type OutgoingMessage, PermanentFault } from './bus.js';
import { deadLetterQueue } from './topology.js';
import { handledBefore } from '../delivery/handling.js';
import type { Metrics } from '../telemetry/metrics.js';

/** What is measured of one service's messages. */
export class BusMetrics {
  private readonly queues: string[] = [];
  private readonly handlings: Histogram<'queue' | 'outcome'>;
  private readonly duplicates: Counter<'queue'>;
  private readonly redeliveries: Counter<'queue'>;
  private readonly buried: Counter<'queue'>;
  private readonly publications: Histogram<'type' | 'outcome'>;

  constructor(metrics: Metrics, bus: Bus) {
    this.handlings = metrics.histogram({
      name: 'saga_step_duration_seconds',
      help: 'Handling of one message: ok, duplicate (had been handled before), retry (later, after a fault), dead',
      labels: ['queue', 'outcome'],
    });
    const perQueue = ['queue'] as const;
    this.duplicates = metrics.counter({
      ...{ name: 'inbox_duplicates_total', labels: perQueue },
      help: 'Messages that had been handled before, and changed nothing',
    });
    this.redeliveries = metrics.counter({
      ...{ name: 'message_redeliveries_total', labels: perQueue },
      help: 'Messages that the broker handed out again, as nobody had answered for them',
    });
    this.buried = metrics.counter({
      ...{ name: 'dead_letters_total', labels: perQueue },
      help: 'Messages that no retry could mend',
    });
    this.publications = metrics.histogram({
      name: 'message_publication_duration_seconds',
      help: 'Publications of one message, to the confirmation of the broker',
      labels: ['type', 'outcome'],
    });
    metrics.gauge({ name: 'message_broker_connected', help: '1 while the message broker is reachable' }, (gauge) =>
      gauge.set(bus.connected ? 1 : 0),
    );
    const depthOf = { help: 'Messages that are ready in a queue of this service', labels: perQueue };
    metrics.gauge({ name: 'message_queue_depth', ...depthOf }, async (gauge) => {
      const depths = await bus.ready(this.queues);
      this.queues.forEach((queue, index) => gauge.set({ queue }, depths[index] ?? 0));
    });
    const lettersOf = { help: 'Dead letters that wait for somebody to look at them', labels: perQueue };
    metrics.gauge({ name: 'dead_letters', ...lettersOf }, async (gauge) => {
      const depths = await bus.ready(this.queues.map(deadLetterQueue));
      this.queues.forEach((queue, index) => gauge.set({ queue }, depths[index] ?? 0));
    });
  }

  /** A queue that this service consumes: counted from zero, as alerts can't see a first increase from nothing. */
  watch(queue: string): void {
    this.queues.push(queue);
    for (const counter of [this.duplicates, this.redeliveries, this.buried]) counter.inc({ queue }, 0);
  }

  async publication({ type }: OutgoingMessage, publish: () => Promise<void>): Promise<void> {
    const since = performance.now();
    const done = (outcome: string) => this.publications.observe({ type, outcome }, secondsSince(since));
    await publish().catch((error: unknown) => {
      done('failed');
      throw error;
    });
    done('ok');
  }

  async handling(queue: string, { redelivered }: IncomingMessage, handle: () => Promise<void>): Promise<void> {
    const since = performance.now();
    const done = (outcome: string) => this.handlings.observe({ queue, outcome }, secondsSince(since));
    if (redelivered) this.redeliveries.inc({ queue });
    try {
      const duplicate = await handledBefore(handle);
      if (duplicate) this.duplicates.inc({ queue });
      done(duplicate ? 'duplicate' : 'ok');
    } catch (error) {
      const permanent = error instanceof PermanentFault;
      if (permanent) this.buried.inc({ queue });
      done(permanent ? 'dead' : 'retry');
      throw error;
    }
  }
}

const secondsSince = (since: number) => (performance.now() - since) / 1_000;
