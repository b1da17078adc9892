/** What each status of a REST answer means, wherever a route has nothing more fitting to say of its own. */
const meanings: Readonly<Record<number, string>> = {
  200: 'What was asked for',
  201: 'What was made',
  202: 'Taken; it is being worked on',
  204: 'Done; there is nothing to say',
  304: 'The client has it as it is now',
  400: 'Something about the request is not as it should be; the sentence says what',
  401: 'Missing, invalid or expired token',
  403: 'The caller may not do this',
  404: 'There is none, or none that the caller may see',
  408: 'The request did not arrive in time',
  409: 'What it is about is not in a state for this',
  412: 'It has another version by now than If-Match says',
  413: 'The body is too large',
  415: 'The body is said to be something else than JSON in UTF-8, or it is compressed',
  417: 'The expectation of an Expect header can not be met',
  429: 'Too many requests, please try again later',
  431: 'The headers are too large',
  502: 'The service broke off its answer',
  503: 'The service, its database, or another service that is needed for this is away; please try again',
  504: 'The service did not answer in time',
};

/** Throws for a status that nobody has given a meaning. */
export function meaningOf(status: number): string {
  const meaning = meanings[status];
  if (!meaning) throw new Error(`the status ${status} has no meaning`);
  return meaning;
}
