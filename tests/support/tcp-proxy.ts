import { connect, createServer, type Socket } from 'node:net';

/** A server's door that a test can shut: connections through it break, and new ones are refused. */
export interface TcpProxy {
  readonly host: string;
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
  const sockets = new Set<Socket>();
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
  };
  const server = createServer((client) => {
    const upstream = connect(Number(port), hostname);
    keep(client);
    keep(upstream);
    client.pipe(upstream);
    if (answered) upstream.on('data', (chunk) => client.write(answered(chunk.toString('latin1')), 'latin1'));
    else upstream.pipe(client);
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => client.destroy());
  });
  const listen = (at: number) => new Promise<void>((resolve) => server.listen(at, '127.0.0.1', resolve));
  const cut = () => sockets.forEach((socket) => socket.destroy());
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      cut();
    });

  await listen(0);
  const address = server.address();
  const own = typeof address === 'object' && address ? address.port : 0;
  return { host: `127.0.0.1:${own}`, cut, close, open: () => listen(own) };
}
