import { hash } from 'node:crypto';
import { z } from 'zod';

/**
 * What stands for a session where anybody can see it: 132 bits of the SHA-256 of its id, in base64url. An id has as many
 * random bits, so nobody finds it by trying.
 */
export function sessionMark(sessionId: string): string {
  return hash('sha256', sessionId, 'base64url').slice(0, 22);
}

/** What auth answers to who asks which sessions have ended: the words between it and `EndedSessions`. */
export const sessionNews = z.object({
  ended: z
    .array(z.string().length(22))
    .describe('The sessions that ended, oldest first: the first 22 letters of the SHA-256 of each id, in base64url'),
  next: z.int().min(0).describe('What to ask with as `since` the next time, once there are no more'),
  after: z
    .int()
    .min(0)
    .nullable()
    .describe('What to ask with as `after` at once, for there are more already; null when there are none'),
  remember_s: z.int().min(1).describe('After so many seconds the last token of a session that ended has expired'),
});
export type SessionNews = z.output<typeof sessionNews>;
