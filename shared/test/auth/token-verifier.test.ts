import { createHmac, generateKeyPairSync } from 'node:crypto';
import jwt from 'jsonwebtoken';
import { TestAuth } from '../../../tests/support/test-auth.js';
import { bearerToken } from '../../src/auth/caller.js';
import { TokenVerifier } from '../../src/auth/token-verifier.js';

let auth: TestAuth;
let verifier: TokenVerifier;
beforeAll(async () => {
  auth = await TestAuth.start();
  verifier = new TokenVerifier({ jwksUrl: auth.jwksUrl, issuer: 'shop', audience: 'shop' });
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
    const strict = new TokenVerifier({ jwksUrl: auth.jwksUrl, issuer: 'shop', audience: 'shop', [part]: 'elsewhere' });
    await expect(strict.verify(auth.token({ userId: 7 }))).rejects.toMatchObject(refused);
  });

  it.each(['', 'x', 'a.b.c', 'a'.repeat(10_000)])('proves nothing when it is no token (%#)', async (token) => {
    await expect(verifier.verify(token)).rejects.toMatchObject(refused);
  });

  it('is verified however many come at once, by one fetch of the keys', async () => {
    const fetches = auth.keyFetches;
    const fresh = new TokenVerifier({ jwksUrl: auth.jwksUrl, issuer: 'shop', audience: 'shop' });
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
    expect(auth.keyFetches - fetches).toBeLessThanOrEqual(2);
  });

  it('is not doubted because auth is away: that is unavailability', async () => {
    const lonely = new TokenVerifier({ jwksUrl: 'http://127.0.0.1:9/jwks.json', issuer: 'shop', audience: 'shop' });
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
