/** A family of refresh tokens: each rotation replaces its one live token. */
export interface Session {
  readonly endedAt: Date | null;
}

export interface RefreshToken {
  readonly usedAt: Date | null;
  readonly expiresAt: Date;
}

/** `end`: the token was used before, so either this bearer or the earlier one stole it, and both lose the session. */
export type RefreshDecision = { readonly kind: 'rotate' } | { readonly kind: 'end' } | { readonly kind: 'refuse' };

/** What becomes of a session when one of its refresh tokens is presented (RFC 9700, section 4.14.2). */
export function decideRefresh(session: Session, token: RefreshToken, now: Date): RefreshDecision {
  if (session.endedAt) return { kind: 'refuse' };
  if (token.usedAt) return { kind: 'end' };
  if (token.expiresAt <= now) return { kind: 'refuse' };
  return { kind: 'rotate' };
}
