import { type AppError, unauthenticated } from '../errors/app-error.js';
import type { Caller } from './caller.js';
import type { EndedSessions } from './ended-sessions.js';

/** The longest that setTimeout can wait. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

const tokenExpired = () => unauthenticated('the token has expired');
const sessionEnded = () => unauthenticated('the session has ended');

/**
 * Why a caller who was admitted may not go on: their token has expired, or its session has ended. Null as long as they
 * may. For what outlives a request. `now` in milliseconds.
 */
export function endOfRight(caller: Caller, sessions: EndedSessions | null, now: number): AppError | null {
  if (caller.expiresAt * 1_000 <= now) return tokenExpired();
  if (caller.sessionId !== undefined && sessions?.has(caller.sessionId)) return sessionEnded();
  return null;
}

/** Calls back once a caller may not go on, with the reason. Returns how to stop waiting for it. */
export function onEndOfRight(
  caller: Caller,
  sessions: EndedSessions | null,
  onEnd: (reason: AppError) => void,
): () => void {
  let expiry: NodeJS.Timeout | undefined;
  const stop = () => {
    clearTimeout(expiry);
    unwatch?.();
  };
  const end = (reason: AppError) => {
    stop();
    onEnd(reason);
  };
  const unwatch = caller.sessionId === undefined ? null : sessions?.watch(caller.sessionId, () => end(sessionEnded()));
  const waitForExpiry = () => {
    const left = caller.expiresAt * 1_000 - Date.now();
    if (left <= 0) end(tokenExpired());
    else expiry = setTimeout(waitForExpiry, Math.min(left, LONGEST_TIMER_MS));
  };
  // Never within this call: its caller has yet to learn how to stop.
  expiry = setTimeout(waitForExpiry, 0);
  return stop;
}
