import type { Answer } from './execution/compiled-operation.js';
import type { Identity } from './identity.js';

/** What every operation carries with it to the subgraphs. */
export interface GatewayContext extends Identity {
  readonly requestId: string;
  /** The client's address as this gateway saw it. */
  readonly clientAddress: string;
  /** Of an operation that was run already, when it was begun, by `performance.now()`, and what came of it. */
  readonly startedAt?: number;
  readonly answered?: Promise<Answer<string>>;
}

/** The context of one operation. */
export function contextOf(
  { caller, authorization }: Identity,
  requestId: string,
  clientAddress: string,
): GatewayContext {
  return { caller, authorization, requestId, clientAddress };
}
