import { randomBytes, randomUUID } from 'node:crypto';

type HeaderValue = string | string[] | undefined;

const REQUEST_ID = /^[\w.-]{1,128}$/;
/** W3C Trace Context, section 3.2. */
const TRACEPARENT = /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;

/** The id by which a request is found in the logs of every service: the one that came with it, if it is well formed. */
export function requestIdOf(header: HeaderValue): string {
  return typeof header === 'string' && REQUEST_ID.test(header) ? header : randomUUID();
}

/** The trace that a request belongs to: the one that it says, if that is well formed, or one that begins here. */
export function traceparentOf(header: HeaderValue): string {
  return typeof header === 'string' && TRACEPARENT.test(header) ? header : newTraceparent();
}

function newTraceparent(): string {
  return `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-01`;
}
