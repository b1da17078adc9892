import { connect, createServer, type Socket } from 'node:net';
import { Transform } from 'node:stream';

/** One connection through a proxy, and the ways in which a network can spoil it. */
export interface Passage {
  /** Holds back what either side says, until the function that it answers is called. */
  hold(): () => void;
  /** Loses what either side says from now on, and tells neither. */
  swallow(): void;
  /** Ends what the server says, while the client may still speak. */
  halfClose(): void;
  /** Resets both sides. */
  break(): void;
}

/** A server's door that a test can shut: connections through it break, and new ones are refused. */
export interface TcpProxy {
  readonly host: string;
  /** What is open now, oldest first. */
  passages(): readonly Passage[];
  /** The next one that is opened. */
  next(): Promise<Passage>;
  /** Breaks what is open; new connections are welcome. */
  cut(): void;
  open(): Promise<void>;
  close(): Promise<void>;
}

/**
 * A proxy to the server of a URL; without `open` nobody listens there. Its port stays the same. `answered` may change
 * what the server says, taken as one byte a character.
 */
export async function tcpProxy(target: string, answered?: (text: string) => string): Promise<TcpProxy> {
  const { hostname, port } = new URL(target);
  const passages = new Set<Passage & { destroy(): void }>();
  const opened: ((passage: Passage) => void)[] = [];
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    const upstream = connect({ port: Number(port), host: hostname, allowHalfOpen: true, noDelay: true });
    const passage = passageBetween(client, upstream, answered);
    passages.add(passage);
    opened.splice(0).forEach((tell) => tell(passage));
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      socket.on('error', () => undefined);
      socket.on('close', () => {
        other.destroy();
        passages.delete(passage);
      });
    }
  });
  const listen = (at: number) =>
    new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(at, '127.0.0.1', () => {
        server.off('error', reject);
        resolve();
      });
    });
  const cut = () => passages.forEach((passage) => passage.destroy());
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      cut();
    });

  await listen(0);
  const address = server.address();
  const own = typeof address === 'object' && address ? address.port : 0;
  return {
    host: `127.0.0.1:${own}`,
    passages: () => [...passages],
    next: () => new Promise((resolve) => opened.push(resolve)),
    cut,
    close,
    open: () => listen(own),
  };
}

function passageBetween(client: Socket, upstream: Socket, answered?: (text: string) => string) {
  const answers = answered ? upstream.pipe(changing(answered)) : upstream;
  const join = () => {
    client.pipe(upstream);
    answers.pipe(client);
  };
  const part = () => {
    client.unpipe(upstream);
    answers.unpipe(client);
  };
  join();
  return {
    hold: () => {
      part();
      return join;
    },
    swallow: () => {
      part();
      client.resume();
      answers.resume();
    },
    halfClose: () => {
      answers.unpipe(client);
      answers.resume();
      client.end();
    },
    break: () => {
      client.resetAndDestroy();
      upstream.resetAndDestroy();
    },
    destroy: () => {
      client.destroy();
      upstream.destroy();
    },
  };
}

function changing(answered: (text: string) => string): Transform {
  return new Transform({
    transform: (chunk: Buffer, _encoding, done) =>
      done(null, Buffer.from(answered(chunk.toString('latin1')), 'latin1')),
  });
}
