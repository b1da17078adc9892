import { randomUUID } from 'node:crypto';
import { redactText } from '../logging/redact-text.js';

const REQUEST_ID = /^[\w.-]{1,128}$/;

/**
 * The id by which a request is found in the logs of every service: the one that came with it, if it is well formed, and
 * does not look like a token or a card number, which nobody should find there.
 */
export function requestIdOf(header: unknown): string {
  return typeof header === 'string' && REQUEST_ID.test(header) && redactText(header) === header ? header : randomUUID();
}
