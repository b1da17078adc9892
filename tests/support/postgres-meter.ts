import { connect, createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { statementShape } from '@shop/shared/persistence/statement-shape';

/** How often a statement, or several in one message, was run, whatever its values, and how many bytes it took to say so. */
export interface Runs {
  readonly count: number;
  readonly bytes: number;
}

/**
 * Stands between clients and a PostgreSQL server, and counts the statements that pass, by their shapes. Those that come by
 * themselves while nobody asks for anything can be left out.
 */
export class PostgresMeter {
  private runs = new Map<string, Runs>();
  private readonly background: Set<string>;
  private listens = false;
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    readonly url: string,
    uncounted: readonly string[],
  ) {
    this.background = new Set(uncounted);
  }

  /** Stands before that server. What is `uncounted` never counts: a transaction's begin and end, unless told. */
  static async before(databaseUrl: string, uncounted = ['begin', 'commit', 'rollback']): Promise<PostgresMeter> {
    const target = new URL(databaseUrl);
    const server = createServer({ noDelay: true });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = new URL(databaseUrl);
    url.hostname = '127.0.0.1';
    url.port = String((server.address() as AddressInfo).port);
    const meter = new PostgresMeter(server, url.href, uncounted);
    server.on('connection', (client) => meter.relay(client, target));
    return meter;
  }

  /** While nobody asks for anything: what is said until `ms` have passed counts no more, whoever says it later. */
  async learnBackground(ms: number): Promise<void> {
    this.listens = true;
    await pause(ms);
    this.listens = false;
  }

  /** How many were run since `take`. */
  get statements(): number {
    return [...this.runs.values()].reduce((sum, { count }) => sum + count, 0);
  }

  /** What was run since it was asked for the last time, by the statement's shape. */
  take(): ReadonlyMap<string, Runs> {
    const taken = this.runs;
    this.runs = new Map();
    return taken;
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private relay(client: Socket, target: URL): void {
    const upstream = connect({ host: target.hostname, port: Number(target.port || 5432), noDelay: true });
    client.on(
      'data',
      frameReader(
        statementReader((text, size) => {
          const shape = statementShape(text);
          if (this.listens) this.background.add(shape);
          else if (!this.background.has(shape)) {
            const { count, bytes } = this.runs.get(shape) ?? { count: 0, bytes: 0 };
            this.runs.set(shape, { count: count + 1, bytes: bytes + size });
          }
        }),
      ),
    );
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

/**
 * Calls back with the texts of the statements that are run together, and the bytes of what says so: of a simple query, or at the Sync of
 * the extended query protocol of those that were executed before it (PostgreSQL manual, "Message Formats").
 */
function statementReader(onStatements: (text: string, bytes: number) => void): (type: string, body: Buffer) => void {
  const prepared = new Map<string, string>();
  let bound = '';
  let executed: string[] = [];
  let bytes = 0;
  return (type, body) => {
    const [first = '', second = ''] = body.toString('latin1').split('\0', 2);
    // To read a statement that is kept costs a connection, not an operation.
    if (type !== 'P' || first === '') bytes += body.length;
    if (type === 'P') prepared.set(first, second);
    else if (type === 'B') bound = prepared.get(second) ?? second;
    else if (type === 'E') executed.push(bound);
    else if (type === 'Q') executed.push(first);
    if (type !== 'S' && type !== 'Q') return;
    onStatements(executed.join('\n;'), bytes);
    [executed, bytes] = [[], 0];
  };
}

/** Calls back with the type and body of each message a client sends. The first message of a connection has no type. */
function frameReader(onMessage: (type: string, body: Buffer) => void): (chunk: Buffer) => void {
  let rest = Buffer.alloc(0);
  let started = false;
  return (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    for (;;) {
      const header = started ? 5 : 4;
      if (rest.length < header) return;
      const size = rest.readInt32BE(header - 4) + header - 4;
      if (rest.length < size) return;
      if (started) onMessage(String.fromCharCode(rest[0] ?? 0), rest.subarray(header, size));
      started = true;
      rest = rest.subarray(size);
    }
  };
}
