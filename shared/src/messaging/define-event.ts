import type { z } from 'zod';

/** The exchanges of the event contract. All are durable topic exchanges. */
export type Exchange = 'order_exchange' | 'product_exchange' | 'logs_exchange';

/** A message of the contract: where it is published, under which routing key, and what its body must look like. */
export interface EventDefinition<Body> {
  readonly exchange: Exchange;
  readonly key: string;
  readonly body: z.ZodType<Body>;
  /** What it means for an order, as the log says it. */
  readonly says?: string | undefined;
}

/** Defines an event once, for its publisher and for all its consumers. Unknown fields of a body are ignored. */
export function defineEvent<Body>(
  exchange: Exchange,
  key: string,
  body: z.ZodType<Body>,
  says?: string,
): EventDefinition<Body> {
  return Object.freeze({ exchange, key, body, says });
}
