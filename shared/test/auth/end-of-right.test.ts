import { TestAuth } from '../../../tests/support/test-auth.js';
import { eventually } from '../../../tests/support/eventually.js';
import { endOfRight, onEndOfRight } from '../../src/auth/end-of-right.js';
import { PublishedKeys } from '../../src/auth/published-keys.js';
import { TokenVerifier } from '../../src/auth/token-verifier.js';

describe('the right of a caller whose token belongs to no session', () => {
  let auth: TestAuth;
  let keys: PublishedKeys;
  beforeEach(async () => {
    auth = await TestAuth.start();
    keys = new PublishedKeys({ url: auth.jwksUrl, refreshMs: 20 });
    await keys.start();
  });
  afterEach(async () => {
    await keys.stop();
    await auth.stop();
  });
  const aCaller = () => {
    const verifier = new TokenVerifier({ issuer: 'shop', audience: 'shop', keys });
    return verifier.verify(auth.token({ userId: 7, role: 'ADMIN', expiresInSeconds: 2_000_000_000 }));
  };

  it('ends when the key of the token is published no more', async () => {
    const caller = await aCaller();
    const told: string[] = [];
    const stopped: string[] = [];
    onEndOfRight(caller, { keys, sessions: null }, ({ message }) => told.push(message));
    onEndOfRight(caller, { keys, sessions: null }, ({ message }) => stopped.push(message))();
    const fetches = auth.keyFetches;
    await eventually(() => expect(auth.keyFetches).toBeGreaterThan(fetches + 1));
    expect(endOfRight(caller, { keys, sessions: null }, Date.now())).toBeNull();
    expect(told).toEqual([]);

    auth.changeKey('next');
    await eventually(() => expect(told).toEqual(["the token's key was withdrawn"]));
    expect(endOfRight(caller, { keys, sessions: null }, Date.now())).toMatchObject({ code: 'UNAUTHENTICATED' });
    // Whoever begins to wait only now is told as well, though not within the call.
    onEndOfRight(caller, { keys, sessions: null }, ({ message }) => told.push(message));
    expect(told).toHaveLength(1);
    await eventually(() => expect(told).toHaveLength(2));
    expect(stopped).toEqual([]);
  });

  it('ends when another key is published in its place, by the same name', async () => {
    const caller = await aCaller();
    const told: string[] = [];
    onEndOfRight(caller, { keys, sessions: null }, ({ message }) => told.push(message));
    auth.changeKey('test');
    await eventually(() => expect(told).toEqual(["the token's key was withdrawn"]));
  });

  it('goes on while auth is away, and publishes nothing', async () => {
    const caller = await aCaller();
    const told: string[] = [];
    const stop = onEndOfRight(caller, { keys, sessions: null }, ({ message }) => told.push(message));
    await auth.stop();
    await expect(keys.find('unknown')).rejects.toThrow();
    expect(endOfRight(caller, { keys, sessions: null }, Date.now())).toBeNull();
    expect(told).toEqual([]);
    stop();
    auth = await TestAuth.start();
  });
});
