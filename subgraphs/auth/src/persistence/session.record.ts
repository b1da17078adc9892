import { defineEntity, p } from '@mikro-orm/postgresql';

/** A family of refresh tokens. */
export const SessionRecord = defineEntity({
  name: 'SessionRecord',
  tableName: 'sessions',
  properties: {
    id: p.uuid().primary(),
    userId: p.bigint('number'),
    createdAt: p.datetime(),
    /** When the last of its tokens, of either kind, expires. */
    expiresAt: p.datetime(),
    endedAt: p.datetime().nullable(),
  },
});

export const RefreshTokenRecord = defineEntity({
  name: 'RefreshTokenRecord',
  tableName: 'refresh_tokens',
  properties: {
    /** SHA-256, in hex; the token itself is kept nowhere. */
    hash: p.text().primary(),
    sessionId: p.uuid(),
    expiresAt: p.datetime(),
    usedAt: p.datetime().nullable(),
  },
});
