import { createHash, timingSafeEqual } from 'node:crypto';
import { bearerToken } from '@shop/shared/auth/caller';
import { unauthenticated } from '@shop/shared/errors/app-error';

/** Refuses whoever may not bring entries: UNAUTHENTICATED. Is given the value of `authorization`, of a header or of metadata. */
export type IngestGuard = (authorization: string | undefined) => void;

/** The guard of a token; without one everybody may. How long a comparison takes tells nothing of the token. */
export function ingestGuard(token: string | undefined): IngestGuard {
  if (token === undefined) return () => undefined;
  const wanted = digest(token);
  return (authorization) => {
    const given = bearerToken(authorization);
    if (given === null) throw unauthenticated('missing authorization header');
    if (!timingSafeEqual(digest(given), wanted)) throw unauthenticated('invalid token');
  };
}

const digest = (text: string) => createHash('sha256').update(text).digest();
