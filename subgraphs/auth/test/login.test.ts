import { createPublicKey, createVerify, type JsonWebKey } from 'node:crypto';
import { AuthService } from './an-auth-service.js';
import { gatewayProof } from '../../../tests/support/gateway-proof.js';

const parts = (token: string) =>
  token
    .split('.')
    .slice(0, 2)
    .map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>);

describe('signing in', () => {
  let auth: AuthService;
  beforeAll(async () => (auth = await AuthService.start()));
  afterAll(() => auth.stop());

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
    const median = async (login: string) => {
      const times: number[] = [];
      for (let run = 0; run < 9; run += 1) {
        const start = performance.now();
        await auth.post('/auth/login', { login, password: 'wrong-password' });
        times.push(performance.now() - start);
      }
      return times.sort((a, b) => a - b)[4] ?? 0;
    };
    const [known, unknown] = [await median('cham'), await median('nobody')];
    expect(unknown).toBeGreaterThan(known / 3);
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

describe('too many tries', () => {
  let auth: AuthService;
  const secret = 'a secret of gateway and auth';
  beforeAll(async () => (auth = await AuthService.start({ LOGIN_RATE_LIMIT: '3', GATEWAY_SECRET: secret })));
  afterAll(() => auth.stop());

  const from = (address: string, proof = gatewayProof(secret, 'auth')) =>
    auth.post('/auth/login', { login: 'nobody', password: 'x' }, { 'x-forwarded-for': address, ...proof });

  it('from one address are refused, by the address that the gateway saw', async () => {
    const statuses = [];
    for (let attempt = 0; attempt < 4; attempt += 1) statuses.push((await from(`1.2.3.4, 9.9.9.${attempt}`))[0]);
    expect(statuses).toEqual([401, 401, 401, 429]);
    expect(await from('1.2.3.4')).toEqual([429, { error: 'too many requests, please try again later' }]);
    expect((await from('1.2.3.5'))[0]).toBe(401);
  });

  it('count for both doors', async () => {
    for (let attempt = 0; attempt < 3; attempt += 1)
      await expect(auth.logIn('nobody', 'x')).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    await expect(auth.logIn('nobody', 'x')).rejects.toMatchObject({
      code: 'RATE_LIMITED',
      message: 'too many requests, please try again later',
    });
    expect((await auth.post('/auth/login', { login: 'nobody', password: 'x' }))[0]).toBe(429);
  });

  it('are counted by the connection of who can not prove to be the gateway, whatever it says', async () => {
    const proofs = [{}, gatewayProof('another secret of somebody', 'auth'), gatewayProof(secret, 'cart')];
    for (const [index, proof] of proofs.entries()) expect((await from(`5.5.5.${index}`, proof))[0]).toBe(429);
    expect((await from('5.5.5.9'))[0]).toBe(401);
  });
});
