import type { Database, EntityManager } from '@shop/shared/persistence/database';
import type { PageRequest } from '@shop/shared/graphql/connection';
import { arrayLiteral, rowsOf, writtenBy } from '@shop/shared/persistence/statements';
import { type InferEntity, raw } from '@mikro-orm/postgresql';
import { UserRecord } from './user.record.js';
import type { Registration } from '../domain/account-rules.js';
import type { Role, User } from '../domain/user.js';

/** A user with what proves a password. */
export interface Account extends User {
  readonly passwordHash: string;
}

type NewUser = Pick<Registration, 'email' | 'username'> & { readonly passwordHash: string; readonly role: Role };

export class UserStore {
  constructor(private readonly database: Database) {}

  /** The users of these ids, in their order; null where there is none. */
  async byIds(ids: readonly number[]): Promise<(User | null)[]> {
    const records = await this.database.fork().find(UserRecord, { id: { $in: [...ids] } });
    const users = new Map(records.map((record) => [record.id, toUser(record)]));
    return ids.map((id) => users.get(id) ?? null);
  }

  /** One page, newest first, and one more where there is a next one. The position is an id. */
  async page({ first, after }: PageRequest<number>): Promise<User[]> {
    const where = after === null ? {} : { id: { $lt: after } };
    const records = await this.database.fork().find(UserRecord, where, { orderBy: { id: 'desc' }, limit: first + 1 });
    return records.map(toUser);
  }

  async accountById(id: number): Promise<Account | null> {
    const record = await this.database.fork().findOne(UserRecord, { id });
    return record && toAccount(record);
  }

  /** The account that signs in by this email or, in lower case, username. */
  async accountByLogin(login: { email: string } | { username: string }): Promise<Account | null> {
    const where = 'email' in login ? login : { [raw('lower(username)')]: login.username };
    const record = await this.database.fork().findOne(UserRecord, where);
    return record && toAccount(record);
  }

  /** The new user, or what of it another one has already. Safe against somebody who registers the same right now. */
  async insert(em: EntityManager, user: NewUser, now: Date): Promise<User | 'email taken' | 'username taken'> {
    const { email, username, passwordHash, role } = user;
    const [inserted] = await rowsOf<{ id: string }>(
      em,
      `insert into users (email, username, password_hash, role, created_at) values (?, ?, ?, ?, ?)
       on conflict do nothing returning id`,
      [email, username, passwordHash, role, now],
    );
    if (inserted) return { id: Number(inserted.id), email, username, role, active: true, createdAt: now };
    const taken = await rowsOf(em, 'select 1 from users where email = ?', [email]);
    return taken.length > 0 ? 'email taken' : 'username taken';
  }

  /**
   * The account as it is now. `share` keeps it from being changed until the caller's transaction ends, `update` from
   * being shared too.
   */
  async lock(em: EntityManager, id: number, mode: 'share' | 'update'): Promise<Account | null> {
    await rowsOf(em, `select 1 from users where id = ? for ${mode}`, [id]);
    const record = await em.findOne(UserRecord, { id }, { refresh: true });
    return record && toAccount(record);
  }

  /**
   * These users, by id, as they are now, and with them every active administrator: all locked, in ascending id, until
   * the caller's transaction ends. So nobody becomes one or ceases to be one unseen.
   */
  async lockWithAdministrators(em: EntityManager, ids: readonly number[]): Promise<Map<number, User>> {
    const rows = await rowsOf<{ id: string }>(
      em,
      `select id from users where id = any(?::bigint[]) or (role = 'ADMIN' and deactivated_at is null)
       order by id for update`,
      [arrayLiteral(ids)],
    );
    const records = await em.find(UserRecord, { id: { $in: rows.map(({ id }) => Number(id)) } }, { refresh: true });
    return new Map(records.map((record) => [record.id, toUser(record)]));
  }

  async setPassword(em: EntityManager, id: number, passwordHash: string): Promise<void> {
    await writtenBy(em, 'update users set password_hash = ? where id = ?', [passwordHash, id]);
  }

  /** Puts another hash of the same password in a hash's place, unless it was replaced meanwhile. */
  async replaceHash(em: EntityManager, id: number, passwordHash: string, renewed: string): Promise<void> {
    const statement = 'update users set password_hash = ? where id = ? and password_hash = ?';
    await writtenBy(em, statement, [renewed, id, passwordHash]);
  }

  async setRole(em: EntityManager, id: number, role: Role): Promise<void> {
    await writtenBy(em, 'update users set role = ? where id = ?', [role, id]);
  }

  async deactivate(em: EntityManager, id: number, now: Date): Promise<void> {
    await writtenBy(em, 'update users set deactivated_at = coalesce(deactivated_at, ?) where id = ?', [now, id]);
  }
}

type UserRow = InferEntity<typeof UserRecord>;

function toUser({ id, email, username, role, createdAt, deactivatedAt }: UserRow): User {
  return { id, email, username, role, createdAt, active: !deactivatedAt };
}

function toAccount(record: UserRow): Account {
  return { ...toUser(record), passwordHash: record.passwordHash };
}
