import { z } from 'zod';
import type { Outbox } from '@shop/shared/delivery/outbox';
import type { Order } from '../domain/order.js';

/** Says that an order has a new version; where to find it, not what it is. */
const wakeUp = z.object({
  user_id: z.number(),
  order_uuid: z.string(),
  version: z.number(),
  /** W3C trace context, in which the version came about. */
  traceparent: z.string().optional(),
  tracestate: z.string().optional(),
});
export type WakeUp = z.output<typeof wakeUp>;

/** Where the wake-ups of all of a user's orders are heard. */
export const channelOf = (userId: number): string => `orders:user:${userId}`;

/** Wakes whoever watches this order, once the transaction has committed. */
export function wakeWatchers(outbox: Outbox, { uuid, userId, version }: Order): void {
  const body: WakeUp = { user_id: userId, order_uuid: uuid, version };
  outbox.wake('order.version', uuid, body);
}

export const toWakeUp = (body: unknown): WakeUp => wakeUp.parse(body);

/** The wake-up that a message carries; null for one that says nothing we know, which wakes all the same. */
export function readWakeUp(message: string): WakeUp | null {
  try {
    return toWakeUp(JSON.parse(message));
  } catch {
    return null;
  }
}
