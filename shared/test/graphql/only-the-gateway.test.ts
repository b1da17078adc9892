import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { createClient } from 'graphql-ws';
import jwt from 'jsonwebtoken';
import { WebSocket } from 'ws';
import { aGuardedService } from './a-guarded-service.js';
import { signServiceToken } from '../../src/auth/service-identity.js';
import { gatewayIdentity, proofHeaders } from '../../src/http/behind-gateway.js';
import { eventually } from '../../../tests/support/eventually.js';
import { gatewayProof } from '../../../tests/support/gateway-proof.js';
import { openedWebsocket } from '../../../tests/support/opened-websocket.js';

const SECRET = 'what the gateway and cart share';
const refusal = { errors: [{ message: 'only the gateway may ask here', extensions: { code: 'FORBIDDEN' } }] };
const query = JSON.stringify({ query: '{ answer { given } }' });
const json = { 'content-type': 'application/json' };
const answered = { data: { answer: { given: 'yes' } } };

const now = () => Math.floor(Date.now() / 1_000);
const signed = (claims: object, options: jwt.SignOptions = {}) =>
  proofHeaders(jwt.sign(claims, SECRET, { issuer: 'gateway', audience: 'cart', ...options }));
const strangers: readonly (readonly [who: string, headers: Readonly<Record<string, string>>])[] = [
  ['nobody', {}],
  ['who has another secret', gatewayProof('what the gateway shares with another', 'cart')],
  ['who shows what was made for another service', gatewayProof(SECRET, 'orders')],
  ['another service', proofHeaders(signServiceToken({ secret: SECRET, issuer: 'orders', audience: 'cart' }))],
  ['who shows what has expired', signed({ iat: now() - 31 }, { expiresIn: 30 })],
  ['who shows what is older than a proof may be', signed({ iat: now() - 31 }, { expiresIn: 3_600 })],
  ['who shows what never expires', signed({})],
  ['who shows what nobody signed', proofHeaders(jwt.sign({}, '', { algorithm: 'none', audience: 'cart' }))],
  ['who shows the secret itself', proofHeaders(SECRET)],
  ['who shows it as a user does', { authorization: `Bearer ${signServiceToken(gatewayIdentity(SECRET, 'cart'))}` }],
];

describe("a service's /graphql", () => {
  let service: Awaited<ReturnType<typeof aGuardedService>>;
  beforeAll(async () => {
    service = await aGuardedService('cart', { SUBGRAPH_ACCESS: 'gateway', GATEWAY_SECRET: SECRET });
  });
  afterAll(() => service.stop());

  const ask = async (method: string, headers: Record<string, string>, body?: string, path = '/graphql') => {
    const response = await fetch(service.origin + path, { method, headers, ...(body !== undefined && { body }) });
    const answer = await response.text();
    return [response.status, answer && (JSON.parse(answer) as unknown)];
  };

  it('answers the gateway', async () => {
    const proof = gatewayProof(SECRET, 'cart');
    for (let time = 0; time < 2; time += 1)
      expect(await ask('POST', { ...json, ...proof }, query)).toEqual([200, answered]);
    const path = `/graphql?query=${encodeURIComponent('{ answer { given } }')}`;
    expect(await ask('GET', { ...proof, 'apollo-require-preflight': 'yes' }, undefined, path)).toEqual([200, answered]);
    expect(await openedWebsocket(`${service.origin}/graphql`, proof)).toBe(101);
  });

  it.each(strangers)('refuses %s', async (_who, headers) => {
    expect(await ask('POST', { ...json, ...headers }, query)).toEqual([403, refusal]);
    for (const method of ['GET', 'OPTIONS']) expect(await ask(method, { ...headers })).toEqual([403, refusal]);
    expect(await ask('HEAD', { ...headers })).toEqual([403, '']);
    expect(await openedWebsocket(`${service.origin}/graphql`, headers)).toBe(403);
  });

  it.each<{ what: string; headers: Record<string, string>; body: string; path?: string }>([
    { what: 'a body that is no JSON', headers: json, body: '{' },
    { what: 'a body that is too large', headers: json, body: `"${'x'.repeat(2_000_000)}"` },
    { what: 'another type of body', headers: { 'content-type': 'text/plain' }, body: 'x' },
    { what: 'a bad token', headers: { ...json, authorization: 'nonsense' }, body: query },
    { what: 'another way to write the path', headers: json, body: query, path: '/%67raphql/' },
  ])('refuses a stranger before it looks at $what', async ({ headers, body, path }) =>
    expect(await ask('POST', headers, body, path)).toEqual([403, refusal]),
  );

  it('says why to who asks for a websocket, and goes on when that one is gone', async () => {
    const upgrade =
      'GET /graphql HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n' +
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n';
    const { port } = new URL(service.origin);
    const socket = connect(Number(port), '127.0.0.1');
    socket.write(upgrade);
    const [head = '', body = ''] = (await text(socket)).split('\r\n\r\n');
    expect(head).toContain('HTTP/1.1 403 Forbidden');
    expect(JSON.parse(body)).toEqual(refusal);
    const rude = connect(Number(port), '127.0.0.1');
    await once(rude, 'connect');
    rude.write(upgrade, () => rude.resetAndDestroy());
    await once(rude, 'close');
    expect((await fetch(`${service.origin}/healthz`)).status).toBe(200);
  });

  it('knows a proof until it expires, and a websocket for as long as that is open', async () => {
    const short = signed({}, { expiresIn: 2 });
    const client = createClient({
      url: `${service.origin.replace('http', 'ws')}/graphql`,
      webSocketImpl: class extends WebSocket {
        constructor(address: string, protocol: string) {
          super(address, protocol, { headers: short });
        }
      },
      lazy: false,
      retryAttempts: 0,
      onNonLazyError: () => undefined,
    });
    const events = async () => {
      const seen: unknown[] = [];
      for await (const event of client.iterate({ query: 'subscription { answers { given } }' })) seen.push(event.data);
      return seen;
    };
    expect(await events()).toEqual([{ answers: { given: 'yes' } }]);
    expect((await ask('POST', { ...json, ...short }, query))[0]).toBe(200);
    await eventually(async () => expect((await ask('POST', { ...json, ...short }, query))[0]).toBe(403));
    expect(await events()).toEqual([{ answers: { given: 'yes' } }]);
    await client.dispose();
  });

  it.each(['/healthz', '/readyz', '/metrics', '/from'])('leaves %s to anybody', async (path) =>
    expect((await fetch(service.origin + path)).status).toBe(200),
  );

  it('believes the gateway alone where a request came from', async () => {
    const told = { 'x-forwarded-for': '1.2.3.4', 'x-forwarded-host': 'shop.example', 'x-forwarded-proto': 'https' };
    const from = (headers: Record<string, string>) => ask('GET', { ...told, ...headers }, undefined, '/from');
    const itself = { ip: '127.0.0.1', host: new URL(service.origin).host, protocol: 'http' };
    expect(await from(gatewayProof(SECRET, 'cart'))).toEqual([
      200,
      { ip: '1.2.3.4', host: 'shop.example', protocol: 'https' },
    ]);
    for (const [, headers] of strangers)
      if (!headers['authorization']) expect(await from(headers)).toEqual([200, itself]);
  });

  it('says nothing of this in the log', () => expect(service.lines).toEqual([]));
});

describe('SUBGRAPH_ACCESS=open', () => {
  it('answers anybody, believes nobody without a secret, and says so in the log', async () => {
    const service = await aGuardedService('cart', { SUBGRAPH_ACCESS: 'open' });
    const response = await fetch(`${service.origin}/graphql`, { method: 'POST', headers: json, body: query });
    expect([response.status, await response.json()]).toEqual([200, answered]);
    expect(await openedWebsocket(`${service.origin}/graphql`)).toBe(101);
    const from = await fetch(`${service.origin}/from`, { headers: { 'x-forwarded-for': '1.2.3.4' } });
    expect(await from.json()).toMatchObject({ ip: '127.0.0.1' });
    expect(service.lines).toHaveLength(1);
    expect(JSON.parse(service.lines[0] ?? '')).toMatchObject({
      level: 'warn',
      message: 'SUBGRAPH_ACCESS=open: /graphql answers anybody, not the gateway alone',
    });
    await service.stop();
  });
});

it('a service that was told of no gateway answers nobody', async () => {
  const service = await aGuardedService('cart');
  const headers = { ...json, ...gatewayProof(SECRET, 'cart') };
  const response = await fetch(`${service.origin}/graphql`, { method: 'POST', headers, body: query });
  expect([response.status, await response.json()]).toEqual([403, refusal]);
  await service.stop();
});
