import { randomUUID } from 'node:crypto';
import type { Bus, IncomingMessage, OutgoingMessage } from '@shop/shared/messaging/bus';
import type { DeadLetters } from '@shop/shared/messaging/dead-letters';
import type { Exchange } from '@shop/shared/messaging/define-event';
import type { QueueDefinition } from '@shop/shared/messaging/topology';
import { eventually } from '../../../tests/support/eventually.js';

/** A broker of the test's own, and buses on it. */
export interface BusHarness {
  /** A bus that is not started. The harness stops it at the end. */
  bus(service: string): Bus;
  /** A message of a publisher that keeps to no contract: neither properties nor JSON. */
  publishForeign(exchange: Exchange, key: string, text: string): Promise<void>;
  readonly letters: DeadLetters;
  /** Makes the broker see the consumers as dead, though they are not. */
  killConsumers(): Promise<void>;
  /** Breaks all connections of the buses. */
  cutOff(): Promise<void>;
  dispose(): Promise<void>;
}

export const testQueues: readonly QueueDefinition[] = [
  { name: 'mailer:order.paid', service: 'mailer', exchange: 'order_exchange', key: 'order.paid' },
  { name: 'orders:order.paid', service: 'orders', exchange: 'order_exchange', key: 'order.paid' },
  { name: 'orders:any', service: 'orders', exchange: 'order_exchange', key: 'order.*' },
  { name: 'logger:all', service: 'logger', exchange: 'logs_exchange', key: '#', maxLength: 1_000 },
];

/** A message as an outbox would publish it. */
export function aMessage(changes: Partial<OutgoingMessage> = {}): OutgoingMessage {
  return {
    messageId: randomUUID(),
    correlationId: randomUUID(),
    type: 'order.paid',
    timestamp: 1_760_000_000_000,
    appId: 'payments',
    headers: { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' },
    exchange: 'order_exchange',
    body: { order_uuid: randomUUID(), note: 'Hải Phòng ✓' },
    ...changes,
  };
}

/** Reconnections and redeliveries take their time on a busy machine. */
export const PATIENT = { timeoutMs: 20_000 };

export interface Consumer {
  readonly bus: Bus;
  readonly received: readonly IncomingMessage[];
}

/** A started bus whose consumer of the queue keeps what it gets, and then does something with it. */
export async function aConsumer(
  harness: BusHarness,
  queue: string,
  handle: (message: IncomingMessage) => Promise<void> | void = () => undefined,
  prefetch = 10,
): Promise<Consumer> {
  const bus = harness.bus(queue.split(':')[0] ?? queue);
  const received: IncomingMessage[] = [];
  const keep = async (message: IncomingMessage) => {
    received.push(message);
    await handle(message);
  };
  bus.consume(queue, keep, { prefetch });
  await bus.start();
  await bus.startConsuming();
  return { bus, received };
}

export async function drained(bus: Bus, queue: string): Promise<void> {
  await eventually(async () => expect(await bus.depth(queue)).toBe(0), PATIENT);
}
