import { connect } from 'node:net';

/** What a server said on a connection: an answer, or nothing before it closed. */
export type Heard =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly headers: ReadonlyMap<string, string>;
      readonly body: string;
    }
  | { readonly kind: 'closed' }
  | { readonly kind: 'silence' };

interface RawExchange {
  readonly port: number;
  readonly bytes: Buffer;
  /** The answer to HEAD has no body, whatever its length says. */
  readonly bodiless: boolean;
  /** Nothing more comes from us: a server that waits for the rest of a request learns so. */
  readonly hangUp: boolean;
  /** Milliseconds until `silence`. */
  readonly deadlineMs: number;
  /** Of an answer that may never end: when it has said enough, by its body so far, or nothing more for some milliseconds. */
  readonly stream?: { readonly enough: (body: string) => boolean; readonly quietMs: number };
}

/** Writes bytes to a new loopback connection, as no HTTP client would let us, and reads the first final answer. */
export async function exchange({ port, bytes, bodiless, hangUp, deadlineMs, stream }: RawExchange): Promise<Heard> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true, allowHalfOpen: true });
    let received = Buffer.alloc(0);
    let quiet: NodeJS.Timeout | undefined;
    const end = (heard: Heard) => {
      clearTimeout(deadline);
      clearTimeout(quiet);
      socket.destroy();
      resolve(heard);
    };
    const deadline = setTimeout(() => end({ kind: 'silence' }), deadlineMs);
    const closed = () => end(read(received, bodiless, true) ?? { kind: 'closed' });
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      const answer = read(received, bodiless, false);
      if (answer) return end(answer);
      const soFar = stream && read(received, bodiless, true);
      if (!soFar || soFar.kind !== 'answer') return;
      clearTimeout(quiet);
      if (stream.enough(soFar.body)) end(soFar);
      else quiet = setTimeout(() => end(soFar), stream.quietMs);
    });
    socket.on('end', closed).on('close', closed);
    // A server may refuse before it has read all of it; what it said counts.
    socket.on('error', () => undefined);
    if (hangUp) socket.end(bytes);
    else socket.write(bytes);
  });
}

/** The answer, once it is whole; without a length it is whole when the connection closes. */
function read(bytes: Buffer, bodiless: boolean, closed: boolean): Heard | undefined {
  const headEnd = bytes.indexOf('\r\n\r\n');
  if (headEnd < 0) return undefined;
  const [statusLine = '', ...lines] = bytes.subarray(0, headEnd).toString('latin1').split('\r\n');
  const rest = bytes.subarray(headEnd + 4);
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(statusLine)?.[1]);
  if (status < 200) return read(rest, bodiless, closed);
  const headers = new Map(
    lines.map((line) => [line.split(':', 1)[0]?.toLowerCase() ?? '', line.replace(/^[^:]*:\s*/, '')]),
  );
  const body = bodiless || status === 204 || status === 304 ? '' : bodyOf(rest, headers, closed);
  return body === undefined ? undefined : { kind: 'answer', status, headers, body };
}

function bodyOf(rest: Buffer, headers: ReadonlyMap<string, string>, closed: boolean): string | undefined {
  const length = headers.get('content-length');
  if (length !== undefined)
    return rest.length >= Number(length) || closed ? rest.subarray(0, Number(length)).toString() : undefined;
  if (headers.get('transfer-encoding') !== 'chunked') return closed ? rest.toString() : undefined;
  return rest.includes('\r\n0\r\n\r\n') || rest.subarray(0, 5).toString() === '0\r\n\r\n' || closed
    ? unchunked(rest).toString()
    : undefined;
}

function unchunked(bytes: Buffer): Buffer {
  const chunks: Buffer[] = [];
  for (let at = 0; ;) {
    const lineEnd = bytes.indexOf('\r\n', at);
    const size = lineEnd < 0 ? 0 : parseInt(bytes.subarray(at, lineEnd).toString('latin1'), 16);
    if (!size) return Buffer.concat(chunks);
    chunks.push(bytes.subarray(lineEnd + 2, lineEnd + 2 + size));
    at = lineEnd + 2 + size + 2;
  }
}
