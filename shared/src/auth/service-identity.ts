import jwt from 'jsonwebtoken';
import { unauthenticated } from '../errors/app-error.js';

/** Which service speaks, and to which: the claims `iss` and `aud` (RFC 7519, sections 4.1.1 and 4.1.3). */
export interface ServiceIdentity {
  /** The secret that the two services share, and nobody else. */
  readonly secret: string;
  readonly issuer: string;
  readonly audience: string;
}

/** A service's token is for one call: it is made anew each time. */
const LIFETIME_S = 30;

/** A token by which one service proves itself to another for the next 30 seconds: HS256. */
export function signServiceToken({ secret, issuer, audience }: ServiceIdentity): string {
  return jwt.sign({}, secret, { algorithm: 'HS256', issuer, audience, expiresIn: LIFETIME_S });
}

/** Checks a token of `signServiceToken`. UNAUTHENTICATED for any other, one that never expires included. */
export function verifyServiceToken(token: string, { secret, issuer, audience }: ServiceIdentity): void {
  let payload: string | jwt.JwtPayload;
  try {
    payload = jwt.verify(token, secret, { algorithms: ['HS256'], issuer, audience, maxAge: LIFETIME_S });
  } catch (cause) {
    throw Object.assign(unauthenticated('invalid token'), { cause });
  }
  if (typeof payload === 'string' || payload.exp === undefined) throw unauthenticated('invalid token');
}
