import { jest } from '@jest/globals';
import { signServiceToken } from './service-identity.js';
import { StandingToken, StandingTokens } from './standing-tokens.js';

const identity = { secret: 'a-secret-that-two-services-share', issuer: 'gateway', audience: 'cart' };
const NOON = new Date('2026-01-02T12:00:00.500Z').getTime();

describe('a standing token', () => {
  beforeEach(() => jest.useFakeTimers({ now: NOON }));
  afterEach(() => jest.useRealTimers());
  const at = (seconds: number) => jest.setSystemTime(NOON + seconds * 1_000);

  it('is the same for ten seconds, and always good for as long again at the other side, and more', () => {
    const token = new StandingToken(identity);
    const shown = [0, 9.9, 10, 19.9, 20].map((seconds) => (at(seconds), token.current()));
    expect(shown.map((each) => shown.indexOf(each))).toEqual([0, 0, 2, 2, 4]);
    at(9.9 + 19);
    expect(new StandingTokens(identity).accepts(shown[1] ?? '')).toBe(true);
  });

  it('is made anew when the clock was set back, as it might be too old', () => {
    const token = new StandingToken(identity);
    const first = token.current();
    at(-3_600);
    expect(token.current()).not.toBe(first);
  });

  it('is known as long as it holds, and not a moment longer', () => {
    const tokens = new StandingTokens(identity);
    const token = signServiceToken(identity);
    for (const seconds of [0, 1, 29]) expect((at(seconds), tokens.accepts(token))).toBe(true);
    expect((at(30), tokens.accepts(token))).toBe(false);
  });

  it('of each of several gateways is known, and what looks like one is not', () => {
    const tokens = new StandingTokens(identity);
    const shown = Array.from({ length: 20 }, (_, second) => (at(second / 2), signServiceToken(identity)));
    for (let round = 0; round < 2; round += 1) for (const token of shown) expect(tokens.accepts(token)).toBe(true);
    const [token = ''] = shown;
    for (const other of [`${token}A`, token.slice(0, -1), token.toUpperCase(), '', 'é'.repeat(token.length)])
      expect(tokens.accepts(other)).toBe(false);
  });
});
