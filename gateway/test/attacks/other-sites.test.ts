import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { json } from 'node:stream/consumers';
import { WebSocket } from 'ws';
import { FakeShop } from '../support/fake-shop.js';
import { TestGateway } from '../support/test-gateway.js';

const FRIEND = 'https://shop.example';

describe('what a page from elsewhere can have a browser do', () => {
  let shop: FakeShop;
  let gateway: TestGateway;
  beforeAll(async () => {
    shop = await new FakeShop().start();
    gateway = await TestGateway.start(shop.compose(), { CORS_ORIGINS: FRIEND, TRUSTED_PROXIES: '127.0.0.0/8' });
  });
  afterAll(async () => {
    await gateway.stop();
    await shop.stop();
  });
  beforeEach(() => shop.subgraphs.forEach(({ requests }) => (requests.length = 0)));
  const asked = () => shop.subgraphs.flatMap(({ requests }) => requests).length;

  describe('websockets', () => {
    /** `open`, or the answer to the upgrade. */
    const upgrade = async (headers: Record<string, string>) => {
      const socket = new WebSocket(gateway.websocketUrl, 'graphql-transport-ws', { headers });
      socket.on('error', () => undefined);
      const answered = once(socket, 'unexpected-response').then(async ([, response]) => {
        const { statusCode } = response as IncomingMessage;
        return { status: statusCode, body: await json(response as IncomingMessage) };
      });
      const outcome = await Promise.race([once(socket, 'open').then(() => 'open'), answered]);
      socket.terminate();
      return outcome;
    };
    const REFUSED = { status: 403, body: { error: 'a page from elsewhere may not open a websocket here' } };

    it.each<[string, Record<string, string>]>([
      ['elsewhere', { origin: 'https://elsewhere.example' }],
      ['a file, or a frame without an origin', { origin: 'null' }],
      ['another port of this host', { origin: 'http://127.0.0.1:1' }],
      ['a host whose name begins like a friend’s', { origin: `${FRIEND}.elsewhere.example` }],
      ['what is no origin', { origin: 'shop' }],
      [
        'elsewhere, whatever it says of a proxy',
        { origin: 'https://elsewhere.example', 'x-forwarded-host': 'shop.example' },
      ],
    ])('are refused to a page of %s', async (_what, headers) => expect(await upgrade(headers)).toEqual(REFUSED));

    it('are opened by a page of this server, of a friend, and by what is no browser', async () => {
      expect(await upgrade({ origin: gateway.origin })).toBe('open');
      expect(await upgrade({ origin: FRIEND })).toBe('open');
      expect(await upgrade({ origin: 'https://own.example', 'x-forwarded-host': 'own.example' })).toBe('open');
      expect(await upgrade({ origin: 'https://own.example', host: 'own.example:443' })).toBe('open');
      expect(await upgrade({})).toBe('open');
    });
  });

  describe('requests that a browser sends without asking first', () => {
    const mutation = JSON.stringify({ query: 'mutation { placeOrder { id } }' });

    it.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])(
      'run nothing, as %s',
      async (contentType) => {
        for (const url of [gateway.url, `${gateway.url}/stream`]) {
          const response = await fetch(url, {
            method: 'POST',
            headers: { 'content-type': contentType },
            body: mutation,
          });
          expect([response.status >= 400, response.status < 500]).toEqual([true, true]);
        }
        expect(asked()).toBe(0);
      },
    );

    it.each(['/graphql', '/graphql/stream'])('run no mutation by GET %s', async (path) => {
      const url = `${gateway.origin}${path}?query=${encodeURIComponent('mutation { placeOrder { id } }')}`;
      const headers: Record<string, string>[] = [
        {},
        { 'apollo-require-preflight': '1' },
        { accept: 'text/event-stream' },
      ];
      for (const each of headers) expect((await fetch(url, { headers: each })).status).toBeGreaterThanOrEqual(400);
      expect(asked()).toBe(0);
    });

    it('run no query by GET on /graphql', async () => {
      const response = await fetch(`${gateway.url}?query={paymentCount}`);
      expect([response.status, await response.json()]).toMatchObject([
        400,
        { errors: [{ message: expect.stringContaining('CSRF') }] },
      ]);
      expect(asked()).toBe(0);
    });
  });

  it('is told to no other site, and never with credentials', async () => {
    for (const origin of ['https://elsewhere.example', 'null', `${FRIEND}.elsewhere.example`]) {
      const answer = await fetch(`${gateway.origin}/healthz`, { headers: { origin } });
      expect(answer.headers.get('access-control-allow-origin')).toBeNull();
    }
    const preflight = await fetch(gateway.url, {
      method: 'OPTIONS',
      headers: {
        origin: FRIEND,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization',
      },
    });
    expect(preflight.headers.get('access-control-allow-origin')).toBe(FRIEND);
    expect(preflight.headers.get('access-control-allow-credentials')).toBeNull();
  });
});
