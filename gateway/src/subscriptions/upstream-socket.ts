import { type Client, createClient, type SubscribePayload } from 'graphql-ws';
import type { ExecutionResult, GraphQLFormattedError } from 'graphql';
import { WebSocket } from 'ws';

/** What becomes of one operation on an upstream socket. After any but `next` nothing more is said. */
export interface UpstreamSink {
  next(event: ExecutionResult): void;
  /** The subgraph refused the operation, or ended it with an error of its own. */
  refused(errors: readonly GraphQLFormattedError[]): void;
  /** The connection ended. `established`: the subgraph had acknowledged it while this operation waited or ran. */
  broken(established: boolean): void;
  /** The subgraph closed the connection because of this operation, which is larger than a message may be there. */
  tooLarge(): void;
  complete(): void;
}

interface Attempt {
  readonly bytes: number;
  established: boolean;
  /** Begun while the socket was being closed: it goes to the next one. */
  unsent: boolean;
  tooLarge(): void;
  broken(): void;
}

const ACKNOWLEDGED_WITHIN_MS = 5_000;
const PING_EVERY_MS = 10_000;
const PONG_WITHIN_MS = 5_000;
const MESSAGE_TOO_BIG = 1009;
const NORMAL_CLOSURE = 1000;
/** Kept open for the next subscription that follows soon. */
const IDLE_CLOSE_MS = 300;

/**
 * One websocket to a subgraph (graphql-transport-ws), shared by all operations there. It is opened for the first and
 * closed after the last; a peer that answers no ping is given up. Nothing is retried here: only who knows the operation
 * can tell how to go on.
 */
export class UpstreamSocket {
  private readonly client: Client;
  private readonly attempts = new Set<Attempt>();
  private socket: WebSocket | undefined;
  private acknowledged = false;
  private pongOverdue: NodeJS.Timeout | undefined;

  /**
   * @param headers what each request for a connection bears
   * @param onIdle the connection is closed, and nobody wants another
   */
  constructor(
    url: string,
    headers: () => Readonly<Record<string, string>>,
    connectionParams: Record<string, unknown> | undefined,
    private readonly onIdle: () => void,
  ) {
    this.client = createClient({
      url,
      webSocketImpl: websocketWith(headers, (socket) => (this.socket = socket)),
      ...(connectionParams && { connectionParams }),
      lazy: true,
      lazyCloseTimeout: IDLE_CLOSE_MS,
      retryAttempts: 0,
      connectionAckWaitTimeout: ACKNOWLEDGED_WITHIN_MS,
      keepAlive: PING_EVERY_MS,
      on: {
        connected: () => this.connected(),
        ping: (received) => received || this.expectPong(),
        pong: (received) => received && clearTimeout(this.pongOverdue),
        closed: (event) => this.closed((event as { readonly code?: number } | undefined)?.code),
      },
    });
  }

  /** Runs an operation. The returned function ends it; the sink hears nothing more then. */
  subscribe(payload: SubscribePayload, sink: UpstreamSink): () => void {
    let over = false;
    const finish = (tell?: () => void) => {
      if (over) return;
      over = true;
      this.attempts.delete(attempt);
      unsubscribe();
      tell?.();
    };
    const unsent = this.socket?.readyState === WebSocket.CLOSING;
    const attempt: Attempt = {
      bytes: bytesOf(payload),
      established: this.acknowledged && !unsent,
      unsent,
      tooLarge: () => finish(() => sink.tooLarge()),
      broken: () => finish(() => sink.broken(attempt.established)),
    };
    this.attempts.add(attempt);
    const unsubscribe = this.client.subscribe<Record<string, unknown>>(payload, {
      next: (event) => over || sink.next(event as ExecutionResult),
      error: (error) => finish(() => (isErrorList(error) ? sink.refused(error) : sink.broken(attempt.established))),
      complete: () => finish(() => sink.complete()),
    });
    return () => finish();
  }

  /** Gives up the connection; every operation on it is broken. */
  close(): void {
    clearTimeout(this.pongOverdue);
    this.client.terminate();
  }

  private connected(): void {
    this.acknowledged = true;
    for (const attempt of this.attempts) Object.assign(attempt, { established: true, unsent: false });
  }

  /**
   * However it was closed, every operation that was sent ends here: the library would silently repeat some, from their
   * beginning. What came while an idle socket was being closed, the library sends over the next.
   */
  private closed(code: number | undefined): void {
    this.acknowledged = false;
    this.socket = undefined;
    clearTimeout(this.pongOverdue);
    // One of them was too large, and so then was the largest. Resumed, it would break the others again and again.
    if (code === MESSAGE_TOO_BIG) largestOf(this.attempts)?.tooLarge();
    for (const attempt of [...this.attempts]) {
      if (attempt.unsent && code === NORMAL_CLOSURE) attempt.unsent = false;
      else attempt.broken();
    }
    if (this.attempts.size === 0) this.onIdle();
  }

  private expectPong(): void {
    clearTimeout(this.pongOverdue);
    this.pongOverdue = setTimeout(() => this.client.terminate(), PONG_WITHIN_MS);
  }
}

/** How long the message is that begins an operation, all but its id. */
export function bytesOf(payload: SubscribePayload): number {
  return Buffer.byteLength(JSON.stringify(payload));
}

function largestOf(attempts: Iterable<Attempt>): Attempt | undefined {
  return [...attempts].reduce<Attempt | undefined>(
    (largest, attempt) => (largest && largest.bytes >= attempt.bytes ? largest : attempt),
    undefined,
  );
}

/** The library gives a websocket its address and protocol, and no headers. */
const websocketWith = (headers: () => Readonly<Record<string, string>>, onMade: (socket: WebSocket) => void) =>
  class extends WebSocket {
    constructor(address: string, protocol: string) {
      super(address, protocol, { headers: headers() });
      onMade(this);
    }
  };

function isErrorList(error: unknown): error is readonly GraphQLFormattedError[] {
  return Array.isArray(error);
}
