import type { KeyObject } from 'node:crypto';
import { unauthenticated } from '../errors/app-error.js';

export type Role = 'CUSTOMER' | 'ADMIN';

/** Who is calling, as a verified token says. */
export interface Caller {
  readonly userId: string;
  readonly role: Role;
  readonly email: string;
  readonly username: string;
  /** Seconds since the epoch. */
  readonly expiresAt: number;
  /** The session at auth that the token came from. */
  readonly sessionId?: string | undefined;
  /** The public key that the token was verified by. */
  readonly key?: KeyObject | undefined;
  /** The token itself, to be shown where this caller is acted for. */
  readonly token: string;
}

export const isAdmin = (caller: Caller | null): boolean => caller?.role === 'ADMIN';

/**
 * The token of an Authorization header, null without one. Throws UNAUTHENTICATED for a header that is no bearer token
 * (RFC 6750, section 2.1; the scheme's case does not matter, RFC 9110, section 11.1).
 */
export function bearerToken(header: string | undefined): string | null {
  if (header === undefined) return null;
  const match = /^Bearer +([A-Za-z0-9\-._~+/]+=*) *$/i.exec(header);
  if (!match?.[1]) throw unauthenticated('invalid authorization header');
  return match[1];
}

/** The caller, or UNAUTHENTICATED. */
export function requireCaller(caller: Caller | null): Caller {
  if (!caller) throw unauthenticated('missing authorization header');
  return caller;
}
