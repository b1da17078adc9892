import type { IncomingHttpHeaders } from 'node:http';
import { requestIdOf, traceparentOf } from '@shop/shared/http/tracing';
import type { Identity } from './identity.js';

/** What every operation carries with it to the subgraphs. */
export interface GatewayContext extends Identity {
  readonly requestId: string;
  /** W3C trace context: the caller's, or a trace that begins here. */
  readonly traceparent: string;
  /** The client's address as this gateway saw it. */
  readonly clientAddress: string;
}

/** The context of one operation. Ids that a client sent are kept if they are well formed. */
export function contextOf(identity: Identity, headers: IncomingHttpHeaders, clientAddress: string): GatewayContext {
  return {
    ...identity,
    requestId: requestIdOf(headers['x-request-id']),
    traceparent: traceparentOf(headers['traceparent']),
    clientAddress,
  };
}
