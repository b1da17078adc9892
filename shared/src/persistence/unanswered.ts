/** What pg says of a statement that its server did not answer within `query_timeout`; it has no code for it. */
export const UNANSWERED = 'Query read timeout';

/** Whether a statement was not answered in time. Its connection is of no more use: the answer may still come. */
export function isUnanswered(error: unknown): boolean {
  return error instanceof Error && error.message === UNANSWERED;
}
