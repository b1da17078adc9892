import { createPublicKey, createVerify, type JsonWebKey } from 'node:crypto';
import { hash } from '@node-rs/argon2';
import pg from 'pg';
import { AuthService } from './an-auth-service.js';

const parts = (token: string) =>
  token
    .split('.')
    .slice(0, 2)
    .map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>);

const median = (times: readonly number[]) => times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0;

describe('signing in', () => {
  let auth: AuthService;
  let sql: pg.Pool;
  beforeAll(async () => {
    auth = await AuthService.start();
    sql = new pg.Pool({ connectionString: auth.environment['DATABASE_URL'] ?? '', max: 1 });
  });
  afterAll(async () => {
    await sql.end();
    await auth.stop();
  });

  it('works by email and by username, in any case', async () => {
    await auth.register('Thu');
    for (const login of ['thu@example.com', 'THU@EXAMPLE.COM', 'thu', 'THU', ' Thu ']) {
      const [status, body] = await auth.post('/auth/login', { login, password: 'a-good-password' });
      expect(status).toBe(200);
      expect(body).toMatchObject({
        email: 'thu@example.com',
        username: 'Thu',
        id: expect.any(Number),
        expires_in: 3_600,
      });
      expect(body['token']).toEqual(expect.any(String));
      expect(body['refresh_token']).toEqual(expect.any(String));
    }
  });

  it('takes a password however its characters were composed', async () => {
    await auth.register('dau', 'mật khẩu tốt'.normalize('NFC'));
    expect((await auth.logIn('dau', 'mật khẩu tốt'.normalize('NFD'))).token).toBeTruthy();
  });

  it('takes the longest password in its longest form, and a longer text for a wrong one at once', async () => {
    const longest = 'ấ'.repeat(128).normalize('NFC');
    const { token } = await auth.register('dai', longest);
    expect((await auth.logIn('dai', longest.normalize('NFD'))).token).toBeTruthy();

    // Normalized, each of these would take seconds.
    const endless = `${longest}${'\u0315'.repeat(60_000)}${'\u0316'.repeat(60_000)}`;
    const start = performance.now();
    for (const login of ['dai', 'nobody'])
      expect(await auth.post('/auth/login', { login, password: endless })).toEqual([
        401,
        { error: 'invalid credentials' },
      ]);
    const change = 'mutation ($c: String!, $n: String!) { changePassword(current: $c, new: $n) { token } }';
    await expect(auth.field(change, { c: endless, n: 'a-better-one' }, token)).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
      field: 'current',
    });
    await expect(auth.field(change, { c: longest, n: endless }, token)).rejects.toMatchObject({ field: 'new' });
    expect(performance.now() - start).toBeLessThan(5_000);
  });

  it('looks at every character of a password', async () => {
    const { token } = await auth.register('khoa', `${'0'.repeat(80)}\0one`);
    for (const wrong of ['0'.repeat(80), `${'0'.repeat(80)}\0two`, `${'0'.repeat(80)}\0one\0`])
      await expect(auth.logIn('khoa', wrong)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    expect((await auth.logIn('khoa', `${'0'.repeat(80)}\0one`)).token).toBeTruthy();
    const change = 'mutation ($c: String!, $n: String!) { changePassword(current: $c, new: $n) { token } }';
    await auth.field(change, { c: `${'0'.repeat(80)}\0one`, n: '\0'.repeat(8) }, token);
    expect((await auth.post('/auth/login', { login: 'khoa', password: '\0'.repeat(8) }))[0]).toBe(200);
    await expect(auth.logIn('khoa', '\0'.repeat(9))).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    const input = { email: 'khoa2@example.com', username: 'khoa2', password: 'with a \0 in it' };
    expect((await auth.post('/auth/register', input))[0]).toBe(201);
  });

  it('says the same of an unknown user and of a wrong password', async () => {
    await auth.register('nam');
    for (const [login, password] of [
      ['nam', 'wrong-password'],
      ['nobody', 'a-good-password'],
      ["' or 1=1 --", 'a-good-password'],
      ['a\0b', 'a-good-password'],
      ['', ''],
    ]) {
      expect(await auth.post('/auth/login', { login, password })).toEqual([401, { error: 'invalid credentials' }]);
    }
    await expect(auth.logIn('nam', 'wrong')).rejects.toMatchObject({
      message: 'invalid credentials',
      code: 'UNAUTHENTICATED',
    });
  });

  it('takes as long for an unknown user as for a wrong password', async () => {
    await auth.register('cham');
    const times: Record<'cham' | 'nobody', number[]> = { cham: [], nobody: [] };
    // In turn, so that whatever else the machine does slows both.
    for (let run = 0; run < 25; run += 1) {
      for (const login of ['cham', 'nobody'] as const) {
        const start = performance.now();
        await auth.post('/auth/login', { login, password: 'wrong-password' });
        times[login].push(performance.now() - start);
      }
    }
    const [known, unknown] = [median(times.cham), median(times.nobody)];
    // Without a hash to compare with, an unknown user would be refused in about a tenth of the time.
    expect(unknown / known).toBeGreaterThan(0.6);
    expect(unknown / known).toBeLessThan(1.6);
  });

  it('replaces a hash by earlier parameters, and only such a one', async () => {
    const { user } = await auth.register('cuu');
    const earlier = await hash('a-good-password', { memoryCost: 8_192, timeCost: 1, parallelism: 1 });
    const stored = async () =>
      (await sql.query<{ password_hash: string }>('select password_hash from users where id = $1', [user.id])).rows[0]
        ?.password_hash;
    await sql.query('update users set password_hash = $1 where id = $2', [earlier, user.id]);
    await expect(auth.logIn('cuu', 'wrong-password')).rejects.toMatchObject({ message: 'invalid credentials' });
    expect(await stored()).toBe(earlier);
    const logins = await Promise.all(Array.from({ length: 5 }, () => auth.logIn('cuu', 'a-good-password')));
    expect(logins).toHaveLength(5);
    const renewed = await stored();
    expect(renewed).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    await auth.logIn('cuu', 'a-good-password');
    expect(await stored()).toBe(renewed);
  });

  it('gives tokens that the published key proves, with the claims of the contract', async () => {
    const { token, user } = await auth.register('kim');
    const [header, claims] = parts(token);
    const jwks = (await (await fetch(`${auth.url}/.well-known/jwks.json`)).json()) as {
      keys: (JsonWebKey & { kid: string })[];
    };
    const key = jwks.keys.find(({ kid }) => kid === header?.['kid']);
    expect(header).toMatchObject({ alg: 'RS256', kid: expect.any(String) });
    expect(claims).toMatchObject({
      sub: user.id,
      role: 'CUSTOMER',
      email: 'kim@example.com',
      username: 'kim',
      iss: 'shop',
      aud: 'shop',
    });
    expect(Number(claims?.['exp']) - Number(claims?.['iat'])).toBe(3_600);
    const [signed, signature] = [token.slice(0, token.lastIndexOf('.')), token.slice(token.lastIndexOf('.') + 1)];
    const proves = createVerify('RSA-SHA256').update(signed);
    expect(proves.verify(createPublicKey({ key: key as JsonWebKey, format: 'jwk' }), signature, 'base64url')).toBe(
      true,
    );
    expect(JSON.stringify(jwks)).not.toMatch(/"(d|p|q)":/);
  });

  it('tells a token its user', async () => {
    const { token, user } = await auth.register('loan');
    const profile = (authorization?: string) =>
      fetch(`${auth.url}/api/profile`, { headers: authorization === undefined ? {} : { authorization } }).then(
        async (response) => [response.status, await response.json()],
      );
    expect(await profile(`bearer ${token}`)).toEqual([200, { user_id: Number(user.id) }]);
    expect(await profile()).toEqual([401, { error: 'missing authorization header' }]);
    expect(await profile('Basic abc')).toEqual([401, { error: 'invalid authorization header' }]);
    expect(await profile('Bearer abc')).toEqual([401, { error: 'invalid token' }]);
    const none = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${token.split('.')[1]}.x`;
    expect(await profile(`Bearer ${none}`)).toEqual([401, { error: 'invalid token' }]);
  });

  it('takes a bad token for nobody never', async () => {
    const { status, errors } = await auth.graphql('{ me { id } }', {}, 'abc');
    expect([status, errors?.[0]?.extensions?.['code']]).toEqual([401, 'UNAUTHENTICATED']);
  });
});
