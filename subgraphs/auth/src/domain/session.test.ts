import { decideRefresh } from './session.js';

const now = new Date('2026-01-01T00:00:00Z');
const later = new Date(now.getTime() + 1);
const fresh = { usedAt: null, expiresAt: later };

describe('a refresh token', () => {
  it('rotates once', () => expect(decideRefresh({ endedAt: null }, fresh, now).kind).toBe('rotate'));
  it('ends the whole family when it comes again', () =>
    expect(decideRefresh({ endedAt: null }, { ...fresh, usedAt: now }, now).kind).toBe('end'));
  it('is refused once it has expired', () =>
    expect(decideRefresh({ endedAt: null }, { usedAt: null, expiresAt: now }, now).kind).toBe('refuse'));
  it('is refused once its session ended', () =>
    expect(decideRefresh({ endedAt: now }, fresh, now).kind).toBe('refuse'));
});
