import { defineEntity, p } from '@mikro-orm/postgresql';

export const UserRecord = defineEntity({
  name: 'UserRecord',
  tableName: 'users',
  properties: {
    id: p.bigint('number').primary(),
    email: p.text(),
    username: p.text(),
    passwordHash: p.text(),
    role: p.enum(['CUSTOMER', 'ADMIN']),
    createdAt: p.datetime(),
    deactivatedAt: p.datetime().nullable(),
  },
});
