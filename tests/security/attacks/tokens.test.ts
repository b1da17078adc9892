import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Credentials } from '../../../subgraphs/auth/test/an-auth-service.js';
import { eventually } from '../../support/eventually.js';
import { Scrape } from '../../support/scrape.js';
import { assembled, byHmac, byRsa, encoded, newKeys, partsOf, unsigned } from '../support/forged-tokens.js';
import { GuardedShop } from '../support/guarded-shop.js';

const keys = newKeys();
const attacker = newKeys();
const refused = { status: 401, refusal: 'invalid token' };
const welcome = { status: 200, refusal: null };

describe('tokens under attack', () => {
  let shop: GuardedShop;
  let victim: Credentials;
  let header: Record<string, unknown>;
  let payload: Record<string, unknown>;

  beforeAll(async () => {
    shop = await GuardedShop.start({ JWT_PRIVATE_KEY: keys.privatePem });
    victim = await shop.auth.register('victim');
    [header, payload] = partsOf(victim.token);
  });
  afterAll(() => shop.stop());

  const now = () => Math.floor(Date.now() / 1_000);
  const byAuth = byRsa(keys.privateKey);
  const byAttacker = byRsa(attacker.privateKey);
  const isRefused = async (token: string) => expect(await shop.saidTo(token)).toEqual(shop.everywhere(refused));

  it('a token as auth signs it opens every door: the attacks below fail for no other reason', async () => {
    expect(await shop.saidTo(victim.token)).toEqual(shop.everywhere(welcome));
    expect(await shop.saidTo(assembled(header, payload, byAuth))).toEqual(shop.everywhere(welcome));
  });

  it.each(['none', 'None', 'NONE', 'nOnE', '', null])('algorithm none: %j', async (alg) => {
    await isRefused(assembled({ ...header, alg }, payload, () => 'c2lnbmF0dXJl'));
    await isRefused(assembled({ ...header, alg }, payload, () => victim.token.split('.')[2] ?? ''));
    const bare = assembled({ ...header, alg }, payload, unsigned);
    for (const [, door] of shop.doors) expect((await door({ authorization: `Bearer ${bare}` })).status).toBe(401);
  });

  it.each<[string, () => string | Buffer]>([
    ['its PEM', () => keys.publicPem],
    ['its PEM without the last line break', () => keys.publicPem.trim()],
    ['its JWK', () => JSON.stringify(keys.jwk)],
    ['its modulus', () => keys.jwk.n ?? ''],
    ['the bytes of its modulus', () => Buffer.from(keys.jwk.n ?? '', 'base64url')],
    ['nothing', () => ''],
  ])('RS/HS confusion: the public key as a secret, as %s', async (_what, secret) => {
    await isRefused(assembled({ ...header, alg: 'HS256' }, payload, byHmac(secret())));
    await isRefused(assembled({ ...header, alg: 'RS256' }, payload, byHmac(secret())));
  });

  it.each([
    ['RS512', 'RSA-SHA512'],
    ['RS384', 'RSA-SHA384'],
    ['PS256', 'RSA-SHA256'],
    ['ES256', 'RSA-SHA256'],
    ['rs256', 'RSA-SHA256'],
  ])("another algorithm, though with auth's own key: %s", (alg, digest) =>
    isRefused(assembled({ ...header, alg }, payload, byRsa(keys.privateKey, digest))),
  );

  it.each<[string, unknown]>([
    ['a path', '../../../../../../dev/null'],
    ['SQL', "' union select 'secret' --"],
    ['an address', 'http://127.0.0.1:9/jwks.json'],
    ['a command', '$(id)'],
    ['very long', 'k'.repeat(6_000)],
    ['control characters', '\0\r\n'],
    ['an array', ['a', 'b']],
    ['an object', { toString: 'x' }],
    ['a number', 1],
    ['null', null],
    ['true', true],
    ['__proto__', '__proto__'],
    ['constructor', 'constructor'],
    ['toString', 'toString'],
    ['empty', ''],
    ['missing', undefined],
  ])('kid injection: %s', async (_what, kid) => {
    await isRefused(assembled({ ...header, kid }, payload, byAttacker));
    await isRefused(assembled({ alg: 'HS256', typ: 'JWT', kid }, payload, byHmac('')));
  });

  it('kid injection: that of the real key, in an array', () =>
    isRefused(assembled({ ...header, kid: [header['kid']] }, payload, byAuth)));

  it('a key of the attacker by jku, x5u, jwk or x5c is neither used nor fetched', async () => {
    let visits = 0;
    const jwks = JSON.stringify({ keys: [{ ...attacker.jwk, kid: 'attacker', use: 'sig', alg: 'RS256' }] });
    const server = createServer((_request, response) => {
      visits += 1;
      response.setHeader('content-type', 'application/json').end(jwks);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks.json`;
    for (const kid of [header['kid'], 'attacker']) {
      for (const more of [
        { jku: url },
        { x5u: url },
        { jwk: attacker.jwk },
        { x5c: [attacker.publicPem.replaceAll(/-----.*-----|\n/g, '')] },
        { jku: url, x5u: url, jwk: { ...attacker.jwk, kid } },
      ])
        await isRefused(assembled({ ...header, kid, ...more }, payload, byAttacker));
    }
    expect(visits).toBe(0);
    await new Promise((resolve) => server.close(resolve));
  });

  it('a key of the attacker under the name of the real one, valid for ever', () =>
    isRefused(assembled(header, { ...payload, exp: 9_999_999_999 }, byAttacker)));

  it.each<[string, () => Record<string, unknown>]>([
    ['a foreign issuer', () => ({ iss: 'https://attacker.example' })],
    ['no issuer', () => ({ iss: undefined })],
    ['a list of issuers', () => ({ iss: ['shop'] })],
    ['a foreign audience', () => ({ aud: 'another-shop' })],
    ['no audience', () => ({ aud: undefined })],
    ['not before a time to come', () => ({ nbf: now() + 60 })],
    ['not before no time at all', () => ({ nbf: 'soon' })],
    ['an expiry that has passed', () => ({ exp: now() - 1 })],
    ['an expiry this very second', () => ({ exp: now() })],
    ['no expiry', () => ({ exp: undefined })],
    ['an expiry that is no time', () => ({ exp: '9999999999' })],
    ['an unknown role', () => ({ role: 'ROOT' })],
    ['several roles', () => ({ role: ['CUSTOMER', 'ADMIN'] })],
    ['no subject', () => ({ sub: undefined })],
    ['SQL for a subject', () => ({ sub: '1 or 1=1' })],
    ['a subject below zero', () => ({ sub: '-1' })],
    ['a number for a subject', () => ({ sub: 1 })],
    ['a session that is no id', () => ({ sid: "' or 1=1 --" })],
  ])("a token under auth's own key with %s", (_what, more) =>
    isRefused(assembled(header, { ...payload, ...more() }, byAuth)),
  );

  it('role escalation: the payload edited', async () => {
    const [first = '', , signature = ''] = victim.token.split('.');
    await isRefused(`${first}.${encoded({ ...payload, role: 'ADMIN' })}.${signature}`);
    await isRefused(`${first}.${encoded({ ...payload, sub: '1' })}.${signature}`);
    await isRefused(assembled(header, { ...payload, role: 'ADMIN' }, byAttacker));
  });

  it("a signature that is cut short, another token's, or none", async () => {
    const other = await shop.auth.logIn('victim', 'a-good-password');
    const [first = '', second = '', signature = ''] = victim.token.split('.');
    for (const wrong of [signature.slice(0, -2), other.token.split('.')[2] ?? '', 'A'.repeat(signature.length)])
      await isRefused(`${first}.${second}.${wrong}`);
    await isRefused(`${first}.${second}.${signature}.${signature}`);
    await isRefused(`${first}.${second}`);
  });

  it('a refresh token used as an access token, and the reverse', async () => {
    await isRefused(victim.refreshToken);
    const invalid = { code: 'UNAUTHENTICATED', message: 'invalid refresh token' };
    await expect(shop.auth.refresh(victim.token)).rejects.toMatchObject(invalid);
  });

  it('two tokens in one header, a good one among them', async () => {
    const forged = assembled(header, { ...payload, role: 'ADMIN' }, byAttacker);
    for (const [one, two] of [
      [victim.token, forged],
      [forged, victim.token],
    ])
      for (const authorization of [`Bearer ${one} ${two}`, `Bearer ${one}, Bearer ${two}`, `Bearer ${one},${two}`])
        for (const [name, door] of shop.doors)
          expect([name, await door({ authorization })]).toEqual([
            name,
            { status: 401, refusal: 'invalid authorization header' },
          ]);
  });

  it('a token anywhere but in the Authorization header is not seen', async () => {
    const missing = { status: 401, refusal: 'missing authorization header' };
    const { token } = victim;
    for (const [name, door] of shop.doors) {
      for (const query of [`?access_token=${token}`, `?token=${token}`, `?authorization=Bearer%20${token}`]) {
        const { refusal } = await door({}, query);
        expect([name, query.split('=')[0], refusal]).toEqual([name, query.split('=')[0], missing.refusal]);
      }
      for (const headers of <Record<string, string>[]>[
        { cookie: `token=${token}; access_token=${token}; authorization=Bearer ${token}` },
        { 'x-authorization': `Bearer ${token}`, 'x-access-token': token, 'proxy-authorization': `Bearer ${token}` },
        { 'x-user-id': '1', 'x-forwarded-user': '1', 'x-user-role': 'ADMIN' },
      ])
        expect([name, (await door(headers)).refusal]).toEqual([name, missing.refusal]);
    }
  });

  it('a flood of forged kids neither hammers auth nor keeps others out', async () => {
    const fetches = async () => {
      const labels = { route: '/.well-known/jwks.json' };
      return (await Scrape.of(shop.auth.url)).value('http_request_duration_seconds_count', labels) ?? 0;
    };
    const [before, since] = [await fetches(), performance.now()];
    for (let wave = 0; wave < 20; wave += 1) {
      const flood = Array.from({ length: 10 }, () => {
        return shop.saidTo(assembled({ ...header, kid: randomUUID() }, payload, byAttacker));
      });
      expect(await shop.saidTo(victim.token)).toEqual(shop.everywhere(welcome));
      for (const answers of await Promise.all(flood)) expect(answers).toEqual(shop.everywhere(refused));
    }
    const seconds = (performance.now() - since) / 1_000;
    // Two verifiers ask, the gateway's and the cart's: for names five times, then once a second, and every ten by themselves.
    expect((await fetches()) - before).toBeLessThanOrEqual(2 * (5 + Math.ceil(seconds * 1.1)));
  });

  it.each<[string, (user: Credentials, admin: Credentials) => Promise<unknown>]>([
    ['a session that was logged out', ({ token }) => shop.auth.field('mutation { logout }', {}, token)],
    [
      'a session from before the password was changed',
      ({ token }) =>
        shop.auth.field(
          'mutation { changePassword(current: "a-good-password", new: "better-one") { token } }',
          {},
          token,
        ),
    ],
    [
      'a session from before the role was changed',
      ({ user: { id } }, { token }) =>
        shop.auth.field(`mutation { setUserRole(userId: "${id}", role: ADMIN) { id } }`, {}, token),
    ],
    [
      'a user who was deactivated',
      ({ user: { id } }, { token }) =>
        shop.auth.field(`mutation { deactivateUser(userId: "${id}") { id } }`, {}, token),
    ],
    [
      'a family whose refresh token came twice',
      async ({ refreshToken }) => {
        await shop.auth.refresh(refreshToken);
        await expect(shop.auth.refresh(refreshToken)).rejects.toMatchObject({ message: 'invalid refresh token' });
      },
    ],
  ])('the token of %s is refused at every door within 5 seconds', async (what, end) => {
    const name = what.replaceAll(/\W/g, '').slice(0, 38);
    const [user, admin] = [await shop.auth.register(name), await shop.auth.asAdmin()];
    const other = await shop.auth.register(`${name.slice(0, 36)}no`);
    expect(await shop.saidTo(user.token)).toEqual(shop.everywhere(welcome));
    await end(user, admin);
    await eventually(() => isRefused(user.token), { timeoutMs: 5_000 });
    expect(await shop.saidTo(other.token)).toEqual(shop.everywhere(welcome));
  });
});
