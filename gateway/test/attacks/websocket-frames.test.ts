import { once } from 'node:events';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { WebSocket } from 'ws';
import { eventually } from '../../../tests/support/eventually.js';
import { FakeShop } from '../support/fake-shop.js';
import { TestGateway } from '../support/test-gateway.js';

const LIMIT = 2_048;

describe('frames and messages that are more than they may be', () => {
  let shop: FakeShop;
  let gateway: TestGateway;
  beforeAll(async () => {
    shop = await new FakeShop().start();
    gateway = await TestGateway.start(shop.compose(), { BODY_LIMIT: String(LIMIT) });
  });
  afterAll(async () => {
    await gateway.stop();
    await shop.stop();
  });

  /** A websocket by hand, that has said hello. */
  const opened = async () => {
    const socket = connect(Number(new URL(gateway.origin).port), '127.0.0.1');
    const received: Buffer[] = [];
    socket.on('data', (chunk) => received.push(chunk));
    socket.on('error', () => undefined);
    socket.write(
      [
        'GET /graphql HTTP/1.1',
        `Host: 127.0.0.1:${(socket.address() as AddressInfo).port}`,
        'Connection: Upgrade',
        'Upgrade: websocket',
        'Sec-WebSocket-Version: 13',
        'Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits',
        'Sec-WebSocket-Protocol: graphql-transport-ws',
        `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
        '\r\n',
      ].join('\r\n'),
    );
    const said = () => Buffer.concat(received).toString('latin1');
    await eventually(() => expect(said()).toContain('101 Switching Protocols'));
    return { socket, said };
  };
  /** RFC 6455, section 5.2; masked with zeros. */
  const frame = (payload: Buffer, { opcode = 1, fin = true, rsv1 = false, claimed = payload.length } = {}) => {
    const head = Buffer.alloc(14);
    head[0] = (fin ? 0x80 : 0) | (rsv1 ? 0x40 : 0) | opcode;
    head[1] = 0x80 | 127;
    head.writeBigUInt64BE(BigInt(claimed), 2);
    return Buffer.concat([head, payload]);
  };
  const codeIn = (said: string) => {
    const close = said.lastIndexOf('\x88');
    return close < 0 ? null : Buffer.from(said.slice(close + 2, close + 4), 'latin1').readUInt16BE();
  };
  const closedWith = async (said: () => string) =>
    eventually(() => codeIn(said()) ?? expect(said()).toBe('a close frame'));
  const alive = async () => expect((await fetch(`${gateway.origin}/healthz`)).status).toBe(200);
  const end = (socket: Socket) => socket.destroy();

  it('closes on a frame that claims to be endless, before any of it has come', async () => {
    const { socket, said } = await opened();
    socket.write(frame(Buffer.from('{'), { claimed: Number.MAX_SAFE_INTEGER }));
    expect(await closedWith(said)).toBe(1009);
    end(socket);
    await alive();
  });

  it('closes on a message of many small frames once they are too much together', async () => {
    const { socket, said } = await opened();
    socket.write(frame(Buffer.from('{'), { fin: false }));
    for (let n = 0; n < LIMIT; n += 1) socket.write(frame(Buffer.from(' '), { opcode: 0, fin: false }));
    expect(await closedWith(said)).toBe(1009);
    end(socket);
    await alive();
  });

  it('takes a message in frames of one byte each while it is within the limit', async () => {
    const { socket, said } = await opened();
    const hello = '{"type":"connection_init"}';
    [...hello].forEach((letter, n) =>
      socket.write(frame(Buffer.from(letter), { opcode: n === 0 ? 1 : 0, fin: n === hello.length - 1 })),
    );
    await eventually(() => expect(said()).toContain('connection_ack'));
    end(socket);
  });

  it('agrees to no compression, and closes on what is compressed all the same', async () => {
    const { socket, said } = await opened();
    expect(said()).not.toMatch(/sec-websocket-extensions/i);
    socket.write(frame(gzipSync(Buffer.alloc(1_000_000)), { rsv1: true }));
    expect(await closedWith(said)).toBe(1002);
    end(socket);
    await alive();
  });

  it('closes on what is no text in UTF-8, and on a ping that is too large', async () => {
    for (const [sent, code] of [
      [frame(Buffer.from([0xc3, 0x28])), 1007],
      [frame(Buffer.alloc(200), { opcode: 9 }), 1002],
    ] as const) {
      const { socket, said } = await opened();
      socket.write(sent);
      expect(await closedWith(said)).toBe(code);
      end(socket);
    }
    await alive();
  });

  it('closes on a message that is too large', async () => {
    const socket = new WebSocket(gateway.websocketUrl, 'graphql-transport-ws');
    await once(socket, 'open');
    socket.send('x'.repeat(LIMIT + 1));
    expect((await once(socket, 'close'))[0]).toBe(1009);
  });

  it('unpacks no body: a compressed one is refused, small as it is', async () => {
    const bomb = gzipSync(JSON.stringify({ query: `{ paymentCount }${' '.repeat(1_000_000)}` }));
    expect(bomb.length).toBeLessThan(LIMIT);
    for (const path of ['/graphql', '/graphql/stream']) {
      const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
      const response = await fetch(gateway.origin + path, { method: 'POST', headers, body: bomb });
      expect([response.status, await response.json()]).toMatchObject([
        400,
        { errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] },
      ]);
    }
    expect(shop.payments.requests).toEqual([]);
  });

  it('takes no body beyond the limit, whether its length is said or not', async () => {
    const body = JSON.stringify({ query: `{ paymentCount }${' '.repeat(LIMIT)}` });
    const headers = { 'content-type': 'application/json' };
    const said = await fetch(gateway.url, { method: 'POST', headers, body });
    const stream = new Blob([body]).stream();
    const unsaid = await fetch(gateway.url, { method: 'POST', headers, body: stream, duplex: 'half' } as RequestInit);
    expect([said.status, unsaid.status]).toEqual([413, 413]);
  });
});
