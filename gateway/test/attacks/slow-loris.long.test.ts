import { once } from 'node:events';
import { connect } from 'node:net';
import { FakeShop } from '../support/fake-shop.js';
import { TestGateway } from '../support/test-gateway.js';

/** Node looks every five seconds for what is overdue. */
const LOOKS_EVERY_MS = 5_000;
const EVERY_MS = 200;

describe('requests that never come to an end', () => {
  let shop: FakeShop;
  let gateway: TestGateway;
  beforeAll(async () => {
    shop = await new FakeShop().start();
    gateway = await TestGateway.start(shop.compose());
  });
  afterAll(async () => {
    await gateway.stop();
    await shop.stop();
  });

  /** Says the head at once and the rest letter by letter, on and on; answers what was answered, and after how long. */
  const drip = async (head: string, letter: (n: number) => string) => {
    const socket = connect(Number(new URL(gateway.origin).port), '127.0.0.1');
    const began = performance.now();
    let answer = '';
    socket.on('data', (chunk) => (answer += String(chunk)));
    socket.on('error', () => undefined);
    socket.write(head);
    let n = 0;
    const dripping = setInterval(() => socket.writable && socket.write(letter(n++)), EVERY_MS);
    await once(socket, 'close');
    clearInterval(dripping);
    return { answer, tookMs: performance.now() - began };
  };
  const HEAD = 'POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n';

  it.each<[string, string, (n: number) => string, number]>([
    ['headers', HEAD, (n) => `X-${n}: x\r\n`, 15_000],
    ['headers without the end of a line', `${HEAD}X-Slow: `, () => 'x', 15_000],
    ['a body', `${HEAD}Content-Length: 100000\r\n\r\n`, () => ' ', 30_000],
    ['a body in chunks', `${HEAD}Transfer-Encoding: chunked\r\n\r\n`, () => '1\r\n \r\n', 30_000],
  ])(
    'are answered by 408, and cut off, in time: %s',
    async (_what, head, letter, boundMs) => {
      const others = await Promise.all([drip(head, letter), drip(head, letter), askNow()]);
      for (const { answer, tookMs } of others.slice(0, 2) as { answer: string; tookMs: number }[]) {
        expect(answer).toMatch(/^HTTP\/1\.1 408 /);
        expect(tookMs).toBeLessThan(boundMs + LOOKS_EVERY_MS + 1_000);
      }
    },
    60_000,
  );

  /** Somebody who means well, meanwhile. */
  async function askNow(): Promise<void> {
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(gateway.url, { method: 'POST', headers, body: '{"query":"{ paymentCount }"}' });
    expect(answer.status).toBe(200);
  }
});
