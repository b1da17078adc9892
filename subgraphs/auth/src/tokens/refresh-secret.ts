import { createHash, randomBytes } from 'node:crypto';

/** A refresh token: 256 random bits, so that a plain hash of it is enough to store. */
export function newRefreshSecret(): string {
  return randomBytes(32).toString('base64url');
}

/** What the database keeps of a refresh token. */
export function refreshTokenHash(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}
