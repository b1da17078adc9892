import { type AppError, unauthenticated } from '../errors/app-error.js';
import type { Caller } from './caller.js';
import type { EndedSessions } from './ended-sessions.js';
import type { PublishedKeys } from './published-keys.js';

/** What is published of which a caller's right hangs on beside the time. */
export interface Grounds {
  readonly keys: PublishedKeys;
  /** Null where nobody tells which sessions have ended. */
  readonly sessions: EndedSessions | null;
}

/** The longest that setTimeout can wait. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

const tokenExpired = () => unauthenticated('the token has expired');
const sessionEnded = () => unauthenticated('the session has ended');
const keyWithdrawn = () => unauthenticated("the token's key was withdrawn");

/**
 * Why a caller who was admitted may not go on: their token has expired, its session has ended, or its key is published no
 * more. Null as long as they may. For what outlives a request. `now` in milliseconds.
 */
export function endOfRight(caller: Caller, { keys, sessions }: Grounds, now: number): AppError | null {
  if (caller.expiresAt * 1_000 <= now) return tokenExpired();
  if (caller.sessionId !== undefined && sessions?.has(caller.sessionId)) return sessionEnded();
  if (caller.key && !keys.publishes(caller.key)) return keyWithdrawn();
  return null;
}

/** Calls back once a caller may not go on, with the reason. Returns how to stop waiting for it. */
export function onEndOfRight(
  caller: Caller,
  { keys, sessions }: Grounds,
  onEnd: (reason: AppError) => void,
): () => void {
  let expiry: NodeJS.Timeout | undefined;
  const stop = () => {
    clearTimeout(expiry);
    unwatchSession?.();
    unwatchKey?.();
  };
  const end = (reason: AppError) => {
    stop();
    onEnd(reason);
  };
  const { sessionId, key } = caller;
  const unwatchSession = sessionId === undefined ? null : sessions?.watch(sessionId, () => end(sessionEnded()));
  const unwatchKey = key && keys.watch(key, () => end(keyWithdrawn()));
  const waitForExpiry = () => {
    const left = caller.expiresAt * 1_000 - Date.now();
    if (left <= 0) end(tokenExpired());
    else expiry = setTimeout(waitForExpiry, Math.min(left, LONGEST_TIMER_MS));
  };
  // Never within this call: its caller has yet to learn how to stop.
  expiry = setTimeout(waitForExpiry, 0);
  return stop;
}
