import { type ErrorCode, httpStatus } from '@shop/shared/errors/app-error';
import type { Outcome } from './side.js';

/** The REST status that a GraphQL error code corresponds to; 0 for a code outside the closed set. */
export const statusOf = (code: string): number => httpStatus[code as ErrorCode] ?? 0;

/**
 * Whether the two doors said the same: both did it, or both refused it with the same status and the same sentence. The
 * exceptions, all of them, are these.
 */
export function agree(rest: Outcome, graphql: Outcome): boolean {
  if (rest.done || graphql.done) return rest.done === graphql.done;
  // A value of the wrong type GraphQL refuses itself, in its own words, before anybody asks who calls.
  if (graphql.status === 400 && /^Variable "\$/.test(graphql.sentence))
    return rest.status === 400 || rest.status === 401 || rest.status === 403;
  if (rest.sentence !== graphql.sentence) return false;
  // The REST contract: 400, not 404, for a product that nobody can put into a cart.
  if (rest.sentence === 'product not found' && rest.status === 400) return graphql.status === 404;
  return rest.status === graphql.status;
}
