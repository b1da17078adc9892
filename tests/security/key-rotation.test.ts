import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { Credentials } from '../../subgraphs/auth/test/an-auth-service.js';
import { eventually } from '../support/eventually.js';
import { newKeys, partsOf } from './support/forged-tokens.js';
import { GuardedShop } from './support/guarded-shop.js';

const [first, second] = [newKeys(), newKeys()];
const refused = { status: 401, refusal: 'invalid token' };
const welcome = { status: 200, refusal: null };

const kidOf = ({ token }: Credentials) => partsOf(token)[0]['kid'];

describe('changing the key that signs tokens', () => {
  let shop: GuardedShop;
  beforeEach(async () => (shop = await GuardedShop.start({ JWT_PRIVATE_KEY: first.privatePem })));
  afterEach(() => shop.stop());

  const isWelcome = async ({ token }: Credentials) =>
    expect(await shop.saidTo(token)).toEqual(shop.everywhere(welcome));

  it('logs nobody out, and the old key is worth nothing once it is published no more', async () => {
    const [rotated, kept] = [await shop.auth.register('rotated'), await shop.auth.register('kept')];
    await isWelcome(kept);
    const socket = new WebSocket(shop.gateway.websocketUrl, 'graphql-transport-ws');
    socket.on('open', () =>
      socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${kept.token}` } })),
    );
    await once(socket, 'message');

    // The new key is published, then it signs, while the old one is still published.
    await shop.auth.restart({ JWT_PREVIOUS_PUBLIC_KEYS: second.publicPem });
    await isWelcome(kept);
    await shop.auth.restart({ JWT_PRIVATE_KEY: second.privatePem, JWT_PREVIOUS_PUBLIC_KEYS: first.publicPem });
    await isWelcome(kept);
    await isWelcome(rotated);
    const refreshed = await shop.auth.refresh(rotated.refreshToken);
    expect(kidOf(refreshed)).not.toBe(kidOf(rotated));
    await isWelcome(refreshed);
    const newcomer = await shop.auth.register('newcomer');
    expect(kidOf(newcomer)).toBe(kidOf(refreshed));
    await isWelcome(newcomer);
    expect(socket.readyState).toBe(socket.OPEN);

    const closed = once(socket, 'close', { signal: AbortSignal.timeout(25_000) });
    await shop.auth.restart({ JWT_PRIVATE_KEY: second.privatePem });
    await eventually(async () => expect(await shop.saidTo(kept.token)).toEqual(shop.everywhere(refused)), {
      timeoutMs: 20_000,
      everyMs: 200,
    });
    // What was opened by it ends with it: a stolen key's tokens may never expire, and belong to no session.
    const [code, reason] = (await closed) as [number, Buffer];
    expect([code, String(reason)]).toEqual([4403, "the token's key was withdrawn"]);
    await isWelcome(refreshed);
    // Whoever was away all the time goes on by the refresh token, which no key signs.
    await isWelcome(await shop.auth.refresh(kept.refreshToken));
  });

  it('in one step makes verifiers fetch the key that they do not know, and refuses nobody', async () => {
    const before = await shop.auth.register('before');
    await isWelcome(before);
    await shop.auth.restart({ JWT_PRIVATE_KEY: second.privatePem, JWT_PREVIOUS_PUBLIC_KEYS: first.publicPem });
    await isWelcome(await shop.auth.register('after'));
    await isWelcome(before);
  });
});
