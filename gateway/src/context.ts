import type { IncomingHttpHeaders } from 'node:http';
import { requestIdOf } from '@shop/shared/http/request-id';
import type { Identity } from './identity.js';

/** What every operation carries with it to the subgraphs. */
export interface GatewayContext extends Identity {
  readonly requestId: string;
  /** The client's address as this gateway saw it. */
  readonly clientAddress: string;
}

/** The context of one operation. An id that a client sent is kept if it is well formed. */
export function contextOf(identity: Identity, headers: IncomingHttpHeaders, clientAddress: string): GatewayContext {
  return {
    ...identity,
    requestId: requestIdOf(headers['x-request-id']),
    clientAddress,
  };
}
