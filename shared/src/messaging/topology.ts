import type { Exchange } from './define-event.js';

/** A queue, the service that consumes it, and the routing key that fills it. */
export interface QueueDefinition {
  readonly name: string;
  readonly service: string;
  readonly exchange: Exchange;
  readonly key: string;
  /** Bounded queues drop their oldest; they carry what may be lost (log events). */
  readonly maxLength?: number;
}

/** The consumers of the event contract, service by service. */
const consumers: Readonly<Record<string, readonly (readonly [Exchange, ...string[]])[]>> = {
  orders: [['order_exchange', 'stock.reserved', 'stock.failed', 'order.paid', 'payment.failed', 'payment.refunded']],
  products: [['order_exchange', 'order.requested', 'order.cancelled']],
  payments: [['order_exchange', 'order.requested', 'order.cancelled']],
  cart: [
    ['order_exchange', 'order.requested', 'checkout.abandoned'],
    ['product_exchange', 'product.created', 'product.updated', 'product.deleted'],
  ],
  mailer: [['order_exchange', 'order.confirmed', 'order.cancelled', 'payment.refunded']],
  logger: [['logs_exchange', '#']],
};

/** At most so many log entries wait for a logger that is away. */
const LOG_QUEUE_LENGTH = 50_000;

/** The queue in which a service finds the messages of one routing key: `orders:stock.reserved`. */
export function queueName(service: string, key: string): string {
  return key === '#' ? `${service}:all` : `${service}:${key}`;
}

/**
 * Every queue and binding of the contract. Every service declares all of them before it publishes anything, so that a
 * message for a consumer that has never run waits for it.
 */
export const queues: readonly QueueDefinition[] = Object.entries(consumers).flatMap(([service, bindings]) =>
  bindings.flatMap(([exchange, ...keys]) =>
    keys.map((key) => ({
      name: queueName(service, key),
      service,
      exchange,
      key,
      ...(exchange === 'logs_exchange' && { maxLength: LOG_QUEUE_LENGTH }),
    })),
  ),
);

/** The direct exchange to which dead letters go, and the queue that keeps those of one consumer queue. */
export const deadLetterExchange = 'dlx';
export function deadLetterQueue(queue: string): string {
  return `dead:${queue}`;
}

/** Delays before attempt 2, 3, ... in milliseconds; the last one repeats without end. */
export const retryDelaysMs = [200, 1_000, 5_000, 15_000, 30_000] as const;
export function retryDelayMs(attempt: number): number {
  return retryDelaysMs[Math.min(attempt, retryDelaysMs.length) - 1] ?? retryDelaysMs[0];
}
