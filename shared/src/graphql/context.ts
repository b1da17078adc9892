import type { Caller } from '../auth/caller.js';

/** What every resolver is given: who calls, and this request's loaders. */
export interface GraphqlContext<Loaders = unknown> {
  readonly caller: Caller | null;
  readonly requestId: string;
  readonly loaders: Loaders;
}
