import { randomBytes, randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { Identity } from './identity.js';

/** What every operation carries with it to the subgraphs. */
export interface GatewayContext extends Identity {
  readonly requestId: string;
  /** W3C trace context: the caller's, or a trace that begins here. */
  readonly traceparent: string;
  /** The client's address as this gateway saw it. */
  readonly clientAddress: string;
}

const TRACEPARENT = /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;
const REQUEST_ID = /^[\w.-]{1,128}$/;

/** The context of one operation. Ids that a client sent are kept if they are well formed. */
export function contextOf(identity: Identity, headers: IncomingHttpHeaders, clientAddress: string): GatewayContext {
  const { 'x-request-id': requestId, traceparent } = headers;
  return {
    ...identity,
    requestId: typeof requestId === 'string' && REQUEST_ID.test(requestId) ? requestId : randomUUID(),
    traceparent: typeof traceparent === 'string' && TRACEPARENT.test(traceparent) ? traceparent : newTraceparent(),
    clientAddress,
  };
}

function newTraceparent(): string {
  return `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-01`;
}
