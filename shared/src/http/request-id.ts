import { randomUUID } from 'node:crypto';

const REQUEST_ID = /^[\w.-]{1,128}$/;

/** The id by which a request is found in the logs of every service: the one that came with it, if it is well formed. */
export function requestIdOf(header: unknown): string {
  return typeof header === 'string' && REQUEST_ID.test(header) ? header : randomUUID();
}
