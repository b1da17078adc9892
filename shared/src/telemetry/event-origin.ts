import type { Context } from '@opentelemetry/api';

const origins = new WeakMap<object, Context>();

/** Notes of something that happened in which trace it did, for whoever tells others of it later. */
export function noteOrigin(event: object, origin: Context): void {
  origins.set(event, origin);
}

/** Where an event comes from; undefined when nobody said. */
export function originOf(event: unknown): Context | undefined {
  return typeof event === 'object' && event !== null ? origins.get(event) : undefined;
}
