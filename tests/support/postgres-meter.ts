import { connect, createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';

/** Simple query, and Execute of the extended query protocol: one statement each (PostgreSQL manual, "Message Formats"). */
const STATEMENTS = new Set(['Q', 'E']);

/** Stands between clients and a PostgreSQL server, and counts the statements that pass. */
export class PostgresMeter {
  statements = 0;
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async before(databaseUrl: string): Promise<PostgresMeter> {
    const target = new URL(databaseUrl);
    const server = createServer({ noDelay: true });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = new URL(databaseUrl);
    url.hostname = '127.0.0.1';
    url.port = String((server.address() as AddressInfo).port);
    const meter = new PostgresMeter(server, url.href);
    server.on('connection', (client) => meter.relay(client, target));
    return meter;
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private relay(client: Socket, target: URL): void {
    const upstream = connect({ host: target.hostname, port: Number(target.port || 5432), noDelay: true });
    const count = frameReader((type) => {
      if (STATEMENTS.has(type)) this.statements += 1;
    });
    client.on('data', count);
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      this.sockets.add(from);
      from.pipe(to);
      from.on('error', () => to.destroy());
      from.on('close', () => {
        this.sockets.delete(from);
        to.destroy();
      });
    }
  }
}

/** Calls back with the type of each message a client sends. The first message of a connection has no type. */
function frameReader(onMessage: (type: string) => void): (chunk: Buffer) => void {
  let rest = Buffer.alloc(0);
  let started = false;
  return (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    for (;;) {
      const header = started ? 5 : 4;
      if (rest.length < header) return;
      const size = rest.readInt32BE(header - 4) + header - 4;
      if (rest.length < size) return;
      if (started) onMessage(String.fromCharCode(rest[0] ?? 0));
      started = true;
      rest = rest.subarray(size);
    }
  };
}
