import { createSystem } from '@shop/auth/system';
import { Redis } from 'ioredis';
import pg from 'pg';
import { AuthService } from './an-auth-service.js';
import { freePort } from '../../../tests/support/free-port.js';
import { gatewayProof } from '../../../tests/support/gateway-proof.js';
import { required } from '../../../tests/support/test-environment.js';
import { testRedis } from '../../../tests/support/test-redis.js';
import { type TcpProxy, tcpProxy } from '../../../tests/support/tcp-proxy.js';

const secret = 'a secret of gateway and auth';
const tooMany = { code: 'RATE_LIMITED', message: 'too many requests, please try again later' };
const CHANGE = 'mutation ($c: String!) { changePassword(current: $c, new: "a-better-password") { token } }';

/** Tries as the gateway passes them on, each from an address of the test's choice. */
class Front {
  private lastAddress = 0;

  constructor(readonly url: string) {}

  /** One that no other try came from. */
  newAddress(): string {
    this.lastAddress += 1;
    return `10.0.${this.lastAddress >> 8}.${this.lastAddress & 255}`;
  }

  async logIn(login: string, password: string, address: string, proof = gatewayProof(secret, 'auth')) {
    const headers = { 'content-type': 'application/json', 'x-forwarded-for': address, ...proof };
    const body = JSON.stringify({ login, password });
    const response = await fetch(`${this.url}/auth/login`, { method: 'POST', headers, body });
    const retryAfter = Number(response.headers.get('retry-after') ?? Number.NaN);
    return { status: response.status, body: (await response.json()) as { error?: string }, retryAfter };
  }

  async statuses(count: number, login: string, address: () => string = () => this.newAddress()): Promise<number[]> {
    const statuses = [];
    for (let n = 0; n < count; n += 1) statuses.push((await this.logIn(login, 'wrong-password', address())).status);
    return statuses;
  }
}

describe('too many tries', () => {
  let auth: AuthService;
  let front: Front;
  beforeAll(async () => {
    auth = await AuthService.start({ LOGIN_RATE_LIMIT: '3', GATEWAY_SECRET: secret });
    front = new Front(auth.url);
  });
  afterAll(() => auth.stop());

  it('from one address are refused, by the address that the gateway saw, and told when to come back', async () => {
    let last = 0;
    const behind = () => `1.2.3.4, 9.9.9.${(last += 1)}`;
    expect(await front.statuses(4, 'nobody', behind)).toEqual([401, 401, 401, 429]);
    const { status, body, retryAfter } = await front.logIn('somebody', 'x', '1.2.3.4');
    expect([status, body]).toEqual([429, { error: 'too many requests, please try again later' }]);
    expect(retryAfter).toBeGreaterThan(0);
    expect(retryAfter).toBeLessThanOrEqual(60);
    expect((await front.logIn('somebody', 'x', '1.2.3.5')).status).toBe(401);
  });

  it('from one network of IPv6 are refused, whichever of its addresses they come from', async () => {
    let last = 0;
    const neighbour = () => `2001:db8:1:2::${(last += 1)}`;
    expect(await front.statuses(4, '!', neighbour)).toEqual([401, 401, 401, 429]);
    expect((await front.logIn('!', 'x', '2001:db8:1:3::1')).status).toBe(401);
  });

  it.each([
    ['a user', 'known1', 429],
    ['nobody', 'unknown1', 401],
  ])('at one account are refused, from however many addresses: %s', async (who, name, byEmail) => {
    if (who === 'a user') await auth.register(name);
    expect(await front.statuses(5, name)).toEqual([401, 401, 401, 429, 429]);
    expect((await front.logIn(name.toUpperCase(), 'a-good-password', front.newAddress())).status).toBe(429);
    // One account has one count, whichever name is typed; names that nobody has are nobody's.
    expect(await front.statuses(1, ` ${name}@Example.com`)).toEqual([byEmail]);
  });

  it('at one account do not shut it where its owner has signed in before', async () => {
    await auth.register('besieged');
    const home = front.newAddress();
    const logIn = (password: string, from = home) => front.logIn('besieged', password, from);
    expect((await logIn('a-good-password')).status).toBe(200);
    expect(await front.statuses(4, 'besieged')).toEqual([401, 401, 401, 429]);
    expect((await logIn('a-good-password')).status).toBe(200);
    expect((await logIn('a-good-password', front.newAddress())).status).toBe(429);
    // What succeeds there opens nothing to others.
    expect(await front.statuses(1, 'besieged')).toEqual([429]);
    // Elsewhere in the same network, as IPv6 has it.
    const [first, second, third, fourth] = [1, 2, 3, 4].map((n) => `2001:db8:7:7::${n}`);
    await auth.register('besieged6');
    expect((await front.logIn('besieged6', 'a-good-password', first ?? '')).status).toBe(200);
    expect(await front.statuses(4, 'besieged6')).toEqual([401, 401, 401, 429]);
    expect((await front.logIn('besieged6', 'a-good-password', second ?? '')).status).toBe(200);
    expect((await front.logIn('besieged6', 'wrong', third ?? '')).status).toBe(401);
    expect((await front.logIn('besieged6', 'wrong', fourth ?? '')).status).toBe(429);
  });

  it('at one account are counted from wherever, once its password is another one', async () => {
    const { token } = await auth.register('moved1');
    const before = front.newAddress();
    expect((await front.logIn('moved1', 'a-good-password', before)).status).toBe(200);
    await auth.field(CHANGE, { c: 'a-good-password' }, token);
    expect(await front.statuses(3, 'moved1')).toEqual([401, 401, 401]);
    expect((await front.logIn('moved1', 'a-better-password', before)).status).toBe(429);
  });

  it('at one account are counted from wherever, when its owner has not signed in there for a week', async () => {
    const sql = new pg.Client(auth.environment['DATABASE_URL']);
    await sql.connect();
    await auth.register('away');
    const before = front.newAddress();
    expect((await front.logIn('away', 'a-good-password', before)).status).toBe(200);
    await sql.query('update known_addresses set expires_at = now()');
    expect(await front.statuses(3, 'away')).toEqual([401, 401, 401]);
    expect((await front.logIn('away', 'a-good-password', before)).status).toBe(429);
    // What has expired is forgotten with the next that is added.
    await auth.register('present');
    expect((await front.logIn('present', 'a-good-password', front.newAddress())).status).toBe(200);
    expect((await sql.query('select 1 from known_addresses')).rows).toHaveLength(1);
    await sql.end();
  });

  it('are as many when they come at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => front.logIn('atonce', 'wrong-password', front.newAddress())),
    );
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(3);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(17);
  });

  it('are forgotten by a right one', async () => {
    await auth.register('forgetful');
    for (let round = 0; round < 3; round += 1) {
      expect(await front.statuses(2, 'forgetful')).toEqual([401, 401]);
      expect((await front.logIn('forgetful', 'a-good-password', front.newAddress())).status).toBe(200);
    }
    expect(await front.statuses(4, 'forgetful')).toEqual([401, 401, 401, 429]);
  });

  it('are counted by the connection of who can not prove to be the gateway, whatever it says', async () => {
    await front.statuses(3, '!', () => '127.0.0.1');
    const proofs = [{}, gatewayProof('another secret of somebody', 'auth'), gatewayProof(secret, 'cart')];
    for (const [index, proof] of proofs.entries())
      expect((await front.logIn('!', 'x', `5.5.5.${index}`, proof as ReturnType<typeof gatewayProof>)).status).toBe(
        429,
      );
    expect((await front.logIn('!', 'x', '5.5.5.9')).status).toBe(401);
  });
});

describe('too many tries, by GraphQL', () => {
  let auth: AuthService;
  beforeEach(async () => (auth = await AuthService.start({ LOGIN_RATE_LIMIT: '3' })));
  afterEach(() => auth.stop());

  it('count for both doors', async () => {
    for (let attempt = 0; attempt < 3; attempt += 1)
      await expect(auth.logIn('nobody', 'x')).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    await expect(auth.logIn('nobody', 'x')).rejects.toMatchObject(tooMany);
    expect((await auth.post('/auth/login', { login: 'nobody', password: 'x' }))[0]).toBe(429);
  });

  it('at the password of a stolen token are refused', async () => {
    const { token } = await auth.register('robbed');
    for (let attempt = 0; attempt < 3; attempt += 1)
      await expect(auth.field(CHANGE, { c: `guess ${attempt}` }, token)).rejects.toMatchObject({ field: 'current' });
    await expect(auth.field(CHANGE, { c: 'a-good-password' }, token)).rejects.toMatchObject(tooMany);
  });

  it('with refresh tokens that nobody was given are refused, those with used ones are no guesses', async () => {
    const { refreshToken } = await auth.register('patient');
    const next = await auth.refresh(refreshToken);
    const refused = { code: 'UNAUTHENTICATED', message: 'invalid refresh token' };
    for (let attempt = 0; attempt < 5; attempt += 1)
      await expect(auth.refresh(refreshToken)).rejects.toMatchObject(refused);
    await expect(auth.refresh(next.refreshToken)).rejects.toMatchObject(refused);
    for (let attempt = 0; attempt < 3; attempt += 1)
      await expect(auth.refresh(`guess ${attempt}`)).rejects.toMatchObject(refused);
    await expect(auth.refresh('another guess')).rejects.toMatchObject(tooMany);
    // Guesses of others behind the same address take nothing from whoever was given one.
    const { refreshToken: right } = await auth.register('neighbour');
    expect((await auth.refresh(right)).token).toBeTruthy();
    await expect(auth.refresh('another guess')).rejects.toMatchObject(tooMany);
  });

  it('do not keep anybody from registering', async () => {
    for (let n = 0; n < 10; n += 1) expect((await auth.register(`newcomer${n}`)).token).toBeTruthy();
  });
});

describe('too many tries at two processes', () => {
  let auth: AuthService;
  let redis: TcpProxy;
  let fronts: [Front, Front];
  let stopSecond: () => Promise<void>;
  const { namespace } = testRedis();
  beforeAll(async () => {
    redis = await tcpProxy(required('REDIS_URL'));
    const settings = { REDIS_URL: `redis://${redis.host}`, REDIS_NAMESPACE: namespace };
    auth = await AuthService.start({ LOGIN_RATE_LIMIT: '3', GATEWAY_SECRET: secret, ...settings });
    const port = await freePort();
    const second = createSystem({ ...auth.environment, PORT: String(port) });
    await second.start();
    stopSecond = () => second.stop();
    fronts = [new Front(auth.url), new Front(`http://127.0.0.1:${port}`)];
  });
  afterAll(async () => {
    await stopSecond();
    await auth.stop();
    await redis.close();
  });

  it('are counted together', async () => {
    const [here, there] = fronts;
    expect(await here.statuses(2, '!', () => '1.1.1.1')).toEqual([401, 401]);
    expect(await there.statuses(2, '!', () => '1.1.1.1')).toEqual([401, 429]);
    expect(await here.statuses(1, '!', () => '1.1.1.1')).toEqual([429]);
    expect(await here.statuses(2, 'together')).toEqual([401, 401]);
    expect(await there.statuses(2, 'together', () => '2.2.2.2')).toEqual([401, 429]);
  });

  it('do not shut an account where its owner has signed in before, though Redis has forgotten all', async () => {
    const [here, there] = fronts;
    await auth.register('faraway');
    expect((await here.logIn('faraway', 'a-good-password', '4.4.4.4')).status).toBe(200);
    // As one that is full does with what nobody has used for hours.
    const store = new Redis(required('REDIS_URL'));
    const keys = await store.keys(`${namespace}*`);
    expect(await store.del(keys)).toBeGreaterThan(0);
    await store.quit();
    expect(await there.statuses(4, 'faraway')).toEqual([401, 401, 401, 429]);
    expect((await there.logIn('faraway', 'a-good-password', '4.4.4.4')).status).toBe(200);
    expect((await there.logIn('faraway', 'a-good-password', '4.4.4.5')).status).toBe(429);
  });

  it('are counted by each while Redis is away', async () => {
    await redis.close();
    for (const front of fronts) expect(await front.statuses(4, '!', () => '3.3.3.3')).toEqual([401, 401, 401, 429]);
    await redis.open();
  });
});
