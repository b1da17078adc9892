import { createSecretKey, type KeyObject } from 'node:crypto';
import jwt from 'jsonwebtoken';
import { unauthenticated } from '../errors/app-error.js';

/** Which service speaks, and to which: the claims `iss` and `aud` (RFC 7519, sections 4.1.1 and 4.1.3). */
export interface ServiceIdentity {
  /** The secret that the two services share, and nobody else. */
  readonly secret: string;
  readonly issuer: string;
  readonly audience: string;
}

/**
 * Where a service acts for a user, the challenge of a 401 (`WWW-Authenticate`, RFC 9110, section 11.6.1) that says whose token
 * is not accepted: the user's, and not its own.
 */
export const USER_CHALLENGE = 'Bearer realm="user"';

/** Long enough for a call, and for clocks that do not quite agree. */
const LIFETIME_S = 30;

/** A token by which one service proves itself to another for the next 30 seconds: HS256. */
export function signServiceToken({ secret, issuer, audience }: ServiceIdentity): string {
  return jwt.sign({}, keyOf(secret), { algorithm: 'HS256', issuer, audience, expiresIn: LIFETIME_S });
}

/**
 * Checks a token of `signServiceToken`, and answers until when it holds, in seconds since the epoch. UNAUTHENTICATED for any
 * other, one that never expires included. Its signature is compared in constant time (by jsonwebtoken).
 */
export function verifyServiceToken(token: string, { secret, issuer, audience }: ServiceIdentity): number {
  let payload: string | jwt.JwtPayload;
  try {
    payload = jwt.verify(token, keyOf(secret), { algorithms: ['HS256'], issuer, audience, maxAge: LIFETIME_S });
  } catch (cause) {
    throw Object.assign(unauthenticated('invalid token'), { cause });
  }
  // Without `iat` it has no age, and was refused.
  if (typeof payload === 'string' || payload.exp === undefined || payload.iat === undefined)
    throw unauthenticated('invalid token');
  return Math.min(payload.exp, payload.iat + LIFETIME_S);
}

const keys = new Map<string, KeyObject>();

/** A secret as a key, made once: jsonwebtoken would try at each token whether a text is a public key. */
function keyOf(secret: string): KeyObject {
  let key = keys.get(secret);
  if (!key) keys.set(secret, (key = createSecretKey(secret, 'utf8')));
  return key;
}
