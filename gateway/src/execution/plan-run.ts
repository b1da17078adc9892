import type { Data } from './data.js';
import type { Variables } from './selections.js';
import type { Ask } from './subgraph-request.js';

/** One run of a plan: what it is run with, and what has come of it. */
export interface PlanRun {
  /** The client's, as they were sent. */
  readonly variables: Variables | undefined;
  readonly ask: Ask;
  /** What the subgraphs answered, merged. */
  readonly data: Data;
  readonly errors: unknown[];
}
