import { createHmac, generateKeyPairSync, randomUUID } from 'node:crypto';
import jwt from 'jsonwebtoken';
import { tcpProxy } from '../../../tests/support/tcp-proxy.js';
import { TestAuth } from '../../../tests/support/test-auth.js';
import { bearerToken } from '../../src/auth/caller.js';
import { RemoteTokenVerifier, type TokenVerifier } from '../../src/auth/token-verifier.js';
import { silentLogger } from '../../src/logging/logger.js';
import { eventually } from '../../../tests/support/eventually.js';

let auth: TestAuth;
let verifier: TokenVerifier;
const verifierOf = (options: Partial<ConstructorParameters<typeof RemoteTokenVerifier>[0]> = {}) =>
  new RemoteTokenVerifier({ jwksUrl: auth.jwksUrl, issuer: 'shop', audience: 'shop', ...options }, silentLogger);
beforeAll(async () => {
  auth = await TestAuth.start();
  verifier = verifierOf();
});
afterAll(() => auth.stop());

const refused = { code: 'UNAUTHENTICATED', message: 'invalid token' };
const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const claims = { sub: '1', role: 'ADMIN', email: 'a@b.c', username: 'a', iss: 'shop', aud: 'shop', exp: 4_000_000_000 };

describe('a token', () => {
  it('proves who calls', async () => {
    const caller = await verifier.verify(
      auth.token({ userId: 7, role: 'ADMIN', email: 'linh@example.com', username: 'linh' }),
    );
    expect(caller).toMatchObject({ userId: '7', role: 'ADMIN', email: 'linh@example.com', username: 'linh' });
    expect(caller.expiresAt).toBeGreaterThan(Date.now() / 1000);
  });

  it('proves nothing when it has expired', async () => {
    await expect(verifier.verify(auth.token({ userId: 7, expiresInSeconds: -1 }))).rejects.toMatchObject(refused);
  });

  it('proves nothing before its time', async () => {
    await expect(verifier.verify(auth.token({ userId: 7, notBeforeSeconds: 60 }))).rejects.toMatchObject(refused);
    expect((await verifier.verify(auth.token({ userId: 7, notBeforeSeconds: -1 }))).userId).toBe('7');
  });

  it('proves nothing from seconds after its session has ended', async () => {
    const live = verifierOf({ sessionsUrl: auth.sessionsUrl });
    await live.start();
    const [sessionId, other] = [randomUUID(), randomUUID()];
    const [token, others, without] = [{ sessionId }, { sessionId: other }, {}].map((session) =>
      auth.token({ userId: 7, ...session }),
    );
    expect((await live.verify(token ?? '')).sessionId).toBe(sessionId);
    auth.endSession(sessionId);
    await eventually(() => expect(live.verify(token ?? '')).rejects.toMatchObject(refused));
    expect((await live.verify(others ?? '')).sessionId).toBe(other);
    expect((await live.verify(without ?? '')).sessionId).toBeUndefined();
    await live.stop();
  });

  it('is not believed before it was told which sessions have ended, and then at once', async () => {
    const proxy = await tcpProxy(auth.sessionsUrl);
    await proxy.close();
    const sessionsUrl = auth.sessionsUrl.replace(new URL(auth.sessionsUrl).host, proxy.host);
    const restarted = verifierOf({ sessionsUrl });
    await restarted.start();
    const [sessionId, other] = [randomUUID(), randomUUID()];
    auth.endSession(sessionId);
    const token = auth.token({ userId: 7, sessionId });
    await expect(restarted.verify(token)).rejects.toMatchObject({
      ...{ code: 'SUBGRAPH_UNAVAILABLE', message: 'the auth service is unavailable' },
    });
    await proxy.open();
    await expect(restarted.verify(token)).rejects.toMatchObject(refused);
    const others = auth.token({ userId: 7, sessionId: other });
    expect((await restarted.verify(others)).sessionId).toBe(other);
    await proxy.close();
    expect((await restarted.verify(others)).sessionId).toBe(other);
    await restarted.stop();
  });

  it('proves nothing once it has expired, or its key has gone, though it proved something before', async () => {
    const own = await TestAuth.start();
    const fresh = verifierOf({ jwksUrl: own.jwksUrl });
    const [short, long] = [own.token({ userId: 7, expiresInSeconds: 1 }), own.token({ userId: 8 })];
    for (let time = 0; time < 2; time += 1)
      expect([(await fresh.verify(short)).userId, (await fresh.verify(long)).userId]).toEqual(['7', '8']);
    await eventually(() => expect(fresh.verify(short)).rejects.toMatchObject(refused));
    own.changeKey('next');
    expect((await fresh.verify(own.token({ userId: 9 }))).userId).toBe('9');
    await expect(fresh.verify(long)).rejects.toMatchObject(refused);
    own.changeKey('test');
    await expect(fresh.verify(long)).rejects.toMatchObject(refused);
    await own.stop();
  });

  it('proves nothing when it declares something critical', async () => {
    const [, payload] = auth.token({ userId: 7 }).split('.');
    const token = `${encode({ alg: 'RS256', kid: 'test', crit: ['exp'] })}.${payload}.c2ln`;
    await expect(verifier.verify(token)).rejects.toMatchObject(refused);
  });

  it('proves nothing when another key signed it', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    await expect(
      verifier.verify(jwt.sign(claims, privateKey, { algorithm: 'RS256', keyid: 'test' })),
    ).rejects.toMatchObject(refused);
    await expect(
      verifier.verify(jwt.sign(claims, privateKey, { algorithm: 'RS256', keyid: 'other' })),
    ).rejects.toMatchObject(refused);
  });

  it.each(['zzz', 'bnVsbA', ''])('proves nothing when its payload is %j', async (payload) => {
    const token = `${encode({ alg: 'RS256', typ: 'JWT', kid: 'test' })}.${payload}.c2ln`;
    await expect(verifier.verify(token)).rejects.toMatchObject(refused);
  });

  it('proves nothing with algorithm none', async () => {
    const token = `${encode({ alg: 'none', typ: 'JWT', kid: 'test' })}.${encode(claims)}.`;
    await expect(verifier.verify(token)).rejects.toMatchObject(refused);
  });

  it('proves nothing when the public key is used as an HMAC secret', async () => {
    const keys = (await (await fetch(auth.jwksUrl)).json()) as { keys: { n: string }[] };
    const body = `${encode({ alg: 'HS256', typ: 'JWT', kid: 'test' })}.${encode(claims)}`;
    const signature = createHmac('sha256', keys.keys[0]?.n ?? '')
      .update(body)
      .digest('base64url');
    await expect(verifier.verify(`${body}.${signature}`)).rejects.toMatchObject(refused);
  });

  it.each(['issuer', 'audience'] as const)('proves nothing for another %s', async (part) => {
    await expect(verifierOf({ [part]: 'elsewhere' }).verify(auth.token({ userId: 7 }))).rejects.toMatchObject(refused);
  });

  it.each(['', 'x', 'a.b.c', 'a'.repeat(10_000)])('proves nothing when it is no token (%#)', async (token) => {
    await expect(verifier.verify(token)).rejects.toMatchObject(refused);
  });

  it('is verified however many come at once, by one fetch of the keys', async () => {
    const fetches = auth.keyFetches;
    const fresh = verifierOf();
    const token = auth.token({ userId: 7 });
    await Promise.all(Array.from({ length: 100 }, () => fresh.verify(token)));
    expect(auth.keyFetches - fetches).toBe(1);
  });

  it('of an unknown key does not have the keys fetched again and again', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const fetches = auth.keyFetches;
    for (let n = 0; n < 50; n += 1) {
      const forged = jwt.sign(claims, privateKey, { algorithm: 'RS256', keyid: `kid-${n}` });
      await expect(verifier.verify(forged)).rejects.toMatchObject(refused);
    }
    expect(auth.keyFetches - fetches).toBeLessThanOrEqual(6);
  });

  it('is not doubted because auth is away: that is unavailability', async () => {
    const lonely = verifierOf({ jwksUrl: 'http://127.0.0.1:9/jwks.json' });
    await expect(lonely.verify(auth.token({ userId: 7 }))).rejects.toMatchObject({ code: 'SUBGRAPH_UNAVAILABLE' });
  });
});

describe('an authorization header', () => {
  it('carries the token, the word Bearer in any case', () => {
    expect([bearerToken('Bearer abc.def'), bearerToken('bearer x'), bearerToken('BEARER  x ')]).toEqual([
      'abc.def',
      'x',
      'x',
    ]);
    expect(bearerToken(undefined)).toBeNull();
  });

  it.each(['', 'Bearer', 'Basic abc', 'abc', 'Bearer a b', 'Bearer ñ'])('is refused when it is %p', (header) => {
    expect(() => bearerToken(header)).toThrow('invalid authorization header');
  });
});
