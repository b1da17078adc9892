import { EventEmitter, once } from 'node:events';
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/**
 * One address in front of several processes of one service: each request, and each websocket, goes to the next of them
 * in turn, over a connection of its own. One that refuses the connection is passed over; one that breaks it in the middle
 * costs the client its answer, as with any balancer that repeats nothing.
 */
export class Balancer {
  private readonly ports: number[] = [];
  private turn = 0;
  private readonly sockets = new Set<Duplex>();
  private readonly connecting = new Set<Promise<unknown>>();
  /** Requests under way, by the port that answers them. */
  private readonly asked = new Map<Socket, number>();
  private readonly answered = new EventEmitter();

  private constructor(private readonly server: Server) {
    server.on('request', (incoming, answer) => void this.pass(incoming, answer));
    server.on('upgrade', (incoming, client, head) => void this.upgrade(incoming, client, head));
    server.on('connection', (socket) => this.keep(socket));
  }

  static async open(): Promise<Balancer> {
    const balancer = new Balancer(createServer({ noDelay: true, keepAliveTimeout: 60_000 }));
    await new Promise<void>((resolve) => balancer.server.listen(0, '127.0.0.1', resolve));
    return balancer;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** From now on it has its turn. */
  add(port: number): void {
    this.ports.push(port);
  }

  /** It gets nothing new. Resolves when all that was asked there is answered; websockets stay where they are. */
  async remove(port: number): Promise<void> {
    this.ports.splice(this.ports.indexOf(port), 1);
    await Promise.all(this.connecting);
    while ([...this.asked.values()].includes(port)) await once(this.answered, 'end');
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }

  private async pass(incoming: IncomingMessage, answer: ServerResponse): Promise<void> {
    const socket = await this.connection();
    if (!socket) return void answer.writeHead(503).end();
    this.asked.set(socket, socket.remotePort ?? 0);
    socket.once('close', () => {
      this.asked.delete(socket);
      this.answered.emit('end');
    });
    const { method, url, rawHeaders: headers } = incoming;
    const outgoing = request({ createConnection: () => socket, method, path: url, headers });
    outgoing.on('response', (upstream) => {
      answer.writeHead(upstream.statusCode ?? 502, withoutConnection(upstream.rawHeaders));
      answer.flushHeaders();
      upstream.pipe(answer);
      upstream.on('error', () => answer.destroy());
    });
    outgoing.on('error', () => (answer.headersSent ? answer.destroy() : answer.writeHead(502).end()));
    answer.on('close', () => socket.destroy());
    incoming.pipe(outgoing);
  }

  private async upgrade({ method, url, rawHeaders }: IncomingMessage, client: Duplex, head: Buffer): Promise<void> {
    const socket = await this.connection();
    if (!socket) return void client.destroy();
    const lines = Array.from({ length: rawHeaders.length / 2 }, (_, n) =>
      rawHeaders.slice(2 * n, 2 * n + 2).join(': '),
    );
    socket.write([`${method} ${url} HTTP/1.1`, ...lines, '', ''].join('\r\n'));
    socket.write(head);
    socket.pipe(client).pipe(socket);
    for (const [side, other] of [
      [client, socket],
      [socket, client],
    ] as const) {
      side.on('error', () => other.destroy());
      side.on('close', () => other.destroy());
    }
  }

  /** A connection to the next one that takes it; undefined when nobody does. */
  private connection(): Promise<Socket | undefined> {
    const connecting = this.connectToNext().finally(() => this.connecting.delete(connecting));
    this.connecting.add(connecting);
    return connecting;
  }

  private async connectToNext(): Promise<Socket | undefined> {
    this.turn += 1;
    const [first, ports] = [this.turn, [...this.ports]];
    for (let n = 0; n < ports.length; n += 1) {
      const socket = await connected(ports[(first + n) % ports.length] ?? 0).catch(() => undefined);
      if (socket) return this.keep(socket);
    }
    return undefined;
  }

  private keep(socket: Socket): Socket {
    this.sockets.add(socket);
    socket.on('close', () => this.sockets.delete(socket));
    return socket;
  }
}

function connected(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    socket.once('connect', () => {
      socket.off('error', reject);
      // Whoever uses it hears of its end by "close".
      socket.on('error', () => undefined);
      resolve(socket);
    });
    socket.once('error', reject);
  });
}

/** What one side says of its own connection is nothing for the other. */
function withoutConnection(rawHeaders: readonly string[]): string[] {
  return rawHeaders.filter((_, index) => !/^(connection|keep-alive)$/i.test(rawHeaders[index - (index % 2)] ?? ''));
}
