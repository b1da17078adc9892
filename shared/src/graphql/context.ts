import type { Caller } from '../auth/caller.js';

/** What every resolver is given: who calls, and this request's loaders. */
export interface GraphqlContext<Loaders = unknown> {
  readonly caller: Caller | null;
  readonly requestId: string;
  /** The address that the client calls from, as the last proxy in front of us saw it. */
  readonly clientAddress?: string | undefined;
  readonly loaders: Loaders;
}
