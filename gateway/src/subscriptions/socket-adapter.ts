import { CloseCode, type WebSocket as ProtocolSocket } from 'graphql-ws';
import type { WebSocket } from 'ws';

const PING_EVERY_MS = 12_000;
/** A client that takes nothing for so long, or lets so much pile up, is cut off. */
const STALLED_AFTER_MS = 15_000;
const UNREAD_BYTES = 4_194_304;

/** One client's websocket as graphql-ws wants it: with back pressure, pings, and an end for a client that does not read. */
export class SocketAdapter implements ProtocolSocket {
  readonly protocol: string;
  private pongOverdue: NodeJS.Timeout | undefined;
  private readonly pings: NodeJS.Timeout;

  constructor(
    private readonly socket: WebSocket,
    private readonly onFault: (error: unknown) => void,
  ) {
    this.protocol = socket.protocol;
    this.pings = setInterval(() => this.ping(), PING_EVERY_MS);
    socket.on('pong', () => clearTimeout(this.pongOverdue));
    // Frames that are too large or malformed; ws closes the socket itself, with the code that says so.
    socket.on('error', () => undefined);
    socket.once('close', () => {
      clearInterval(this.pings);
      clearTimeout(this.pongOverdue);
    });
  }

  async send(data: string): Promise<void> {
    const { socket } = this;
    if (socket.readyState !== socket.OPEN) return;
    if (socket.bufferedAmount > UNREAD_BYTES) return socket.terminate();
    const stalled = setTimeout(() => socket.terminate(), STALLED_AFTER_MS);
    // A send that fails belongs to a socket that closes, and its close is heard of by itself.
    await new Promise<void>((resolve) => socket.send(data, () => resolve()));
    clearTimeout(stalled);
  }

  close(code?: number, reason?: string): void {
    this.socket.close(code, reason);
  }

  onMessage(handle: (data: string) => Promise<void>): void {
    this.socket.on('message', (data) => {
      handle(String(data)).catch((error: unknown) => this.closeFor(error));
    });
  }

  private closeFor(error: unknown): void {
    // graphql-ws throws for what only a server may say, as for what it can not handle itself.
    if (error instanceof Error && error.message.startsWith('Unexpected message of type'))
      return this.socket.close(CloseCode.BadRequest, 'a client may not send this message');
    this.onFault(error);
    this.socket.close(CloseCode.InternalServerError, 'internal error');
  }

  private ping(): void {
    if (this.socket.readyState !== this.socket.OPEN) return;
    clearTimeout(this.pongOverdue);
    this.pongOverdue = setTimeout(() => this.socket.terminate(), PING_EVERY_MS - 1_000);
    this.socket.ping();
  }
}
