import { connect, createServer, type Server, type Socket } from 'node:net';
import { eventually } from './eventually.js';
import { type TcpProxy, tcpProxy } from './tcp-proxy.js';

describe('a connection through the proxy', () => {
  let server: Server;
  let proxy: TcpProxy;
  let client: Socket;
  let atServer: string;
  let atClient: string;
  let ends: string[];

  beforeEach(async () => {
    [atServer, atClient, ends] = ['', '', []];
    server = createServer({ allowHalfOpen: true }, (socket) => {
      socket
        .on('error', () => undefined)
        .on('end', () => socket.end())
        .on('data', (chunk) => {
          atServer += chunk;
          socket.write(`${chunk}!`);
        });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    proxy = await tcpProxy(`tcp://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`);
    client = connect({ port: Number(proxy.host.split(':')[1]), host: '127.0.0.1', allowHalfOpen: true });
    client.on('data', (chunk) => (atClient += chunk));
    client.on('end', () => ends.push('end')).on('error', () => ends.push('error'));
    client.write('a');
    await eventually(() => expect(atClient).toBe('a!'));
  });
  afterEach(async () => {
    client.destroy();
    await proxy.close();
    await new Promise((resolve) => server.close(resolve));
  });

  const passage = () => {
    const [only] = proxy.passages();
    if (!only) throw new Error('nothing is open');
    return only;
  };

  it('can be held, and goes on where it was', async () => {
    const release = passage().hold();
    client.write('b');
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect([atServer, atClient]).toEqual(['a', 'a!']);
    release();
    await eventually(() => expect(atClient).toBe('a!b!'));
  });

  it('can lose everything, and looks alive', async () => {
    passage().swallow();
    client.write('b');
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect([atServer, atClient, ends]).toEqual(['a', 'a!', []]);
  });

  it('can end one way alone', async () => {
    passage().halfClose();
    await eventually(() => expect(ends).toEqual(['end']));
    client.write('b');
    await eventually(() => expect(atServer).toBe('ab'));
    expect(atClient).toBe('a!');
  });

  it('can be reset', async () => {
    passage().break();
    await eventually(() => expect(ends).toEqual(['error']));
    await eventually(() => expect(proxy.passages()).toEqual([]));
  });
});
