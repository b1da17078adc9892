import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { eventually } from '../support/eventually.js';
import { type TcpProxy, tcpProxy } from '../support/tcp-proxy.js';
import { Injector } from './injector.js';
import type { FaultKind } from './schedule.js';

const fault = (kind: FaultKind, lengthMs: number) => ({ atMs: 0, kind, targets: ['cart'], lengthMs, pick: 0.5 });

describe('the injector', () => {
  const server = createServer((socket) => socket.on('error', () => undefined).end('hello'));
  let cart: TcpProxy;
  beforeAll(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    cart = await tcpProxy(`tcp://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`);
  });
  afterAll(async () => {
    await cart.close();
    server.close();
  });

  /** What a new connection came to. */
  const call = async (): Promise<string> => {
    const socket = connect(Number(new URL(`tcp://${cart.host}`).port), '127.0.0.1');
    const outcome = new Promise<string>((resolve) => {
      socket.on('data', (data) => resolve(data.toString()));
      socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? ''));
      socket.on('close', () => resolve('closed'));
    });
    return outcome.finally(() => socket.destroy());
  };

  it('cuts a place off, and lets it be reached again', async () => {
    const injector = new Injector({}, { cart });
    expect(await call()).toBe('hello');
    const run = injector.run([fault('cut off', 1_000)]);
    await eventually(async () => expect(await call()).toBe('ECONNREFUSED'));
    await run;
    expect(await call()).toBe('hello');
    const [done] = injector.done;
    expect((done?.endedAt ?? 0) - (done?.beganAt ?? 0)).toBeGreaterThan(900);
  });

  it('spoils the next connection where none is open', async () => {
    await eventually(() => expect(cart.passages()).toEqual([]));
    const waits = Promise.withResolvers<void>();
    const next = () => {
      waits.resolve();
      return cart.next();
    };
    const injector = new Injector({}, { cart: { ...cart, next } });
    const run = injector.run([fault('cut', 0)]);
    await waits.promise;
    expect(['ECONNRESET', 'closed']).toContain(await call());
    await run;
    expect(injector).toMatchObject({ missed: 0, done: [{ target: 'cart' }] });
  });
});
