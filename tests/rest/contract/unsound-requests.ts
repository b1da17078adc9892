/** A request that is refused before any route sees it. */
interface UnsoundRequest {
  readonly what: string;
  readonly bytes: (method: string, path: string) => string;
  readonly status: number;
  readonly error: string;
  /** How long an answer may take. */
  readonly deadlineMs: number;
}

const head = (...headers: readonly string[]) => [...headers, 'Connection: close', '', ''].join('\r\n');
const soon = 10_000;
/** More than the servers give the headers of a request, and the time between two looks. */
const once = 40_000;

export const unsoundRequests: readonly UnsoundRequest[] = [
  {
    what: 'two Hosts',
    bytes: (method, path) => head(`${method} ${path} HTTP/1.1`, 'Host: a', 'Host: b'),
    ...{ status: 400, error: 'there is more than one Host header', deadlineMs: soon },
  },
  {
    what: 'an expectation',
    bytes: (method, path) => head(`${method} ${path} HTTP/1.1`, 'Host: x', 'Expect: magic'),
    ...{ status: 417, error: 'the expectation can not be met', deadlineMs: soon },
  },
  {
    what: 'more headers than there may be',
    bytes: (method, path) => head(`${method} ${path} HTTP/1.1`, 'Host: x', `X-Padding: ${'x'.repeat(20_000)}`),
    ...{ status: 431, error: 'the headers are too large', deadlineMs: soon },
  },
  {
    what: 'headers that do not end',
    bytes: (method, path) => `${method} ${path} HTTP/1.1\r\nHost: x\r\n`,
    ...{ status: 408, error: 'the request did not arrive in time', deadlineMs: once },
  },
];
