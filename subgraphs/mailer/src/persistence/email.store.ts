import type { PageRequest } from '@shop/shared/graphql/connection';
import type { Database, EntityManager } from '@shop/shared/persistence/database';
import { rowsOf, withNext } from '@shop/shared/persistence/statements';
import { EmailRecord, type EmailRow } from './email.record.js';
import type { EmailKind, EmailProgress, EmailState } from '../domain/email.js';

/** What an event says of its mail. */
export interface NewEmail {
  /** What it is about, once for all: `confirmation.<order uuid>`, `refund.<payment id>`. */
  readonly name: string;
  readonly kind: EmailKind;
  readonly orderUuid: string;
  readonly userId: number;
  /** As the event has it: it need not be an address. */
  readonly to: string;
  readonly subject: string;
}

/** An email as it is shown. */
export interface StoredEmail {
  readonly id: number;
  /** As the database writes it, in lower case. */
  readonly orderUuid: string;
  readonly userId: number;
  readonly to: string;
  readonly subject: string;
  /** Null while no server has taken it. */
  readonly sentAt: Date | null;
}

/** A row that the current transaction holds the lock of. */
export interface LockedEmail {
  readonly row: EmailRow;
  readonly progress: EmailProgress;
}

/** The emails, one row for what each is about, kept for good. */
export class EmailStore {
  constructor(private readonly database: Database) {}

  /**
   * Locks an email's row, made when there was none, until the transaction ends. The update that changes nothing is the
   * lock: so one statement makes the row or takes it.
   */
  async lock(em: EntityManager, email: NewEmail, now: Date): Promise<LockedEmail> {
    const { name, kind, orderUuid, userId, to, subject } = email;
    const [found] = await rowsOf(
      em,
      `insert into emails (name, kind, order_uuid, user_id, recipient, subject, created_at) values (?, ?, ?, ?, ?, ?, ?)
       on conflict (name) do update set name = excluded.name returning *`,
      [name, kind, orderUuid, userId, to, subject, now],
    );
    if (!found) throw new Error('an upsert returns its row');
    return locked(em.map(EmailRecord, found));
  }

  /** The same for an email whose row is there. */
  async lockKnown(em: EntityManager, name: string): Promise<LockedEmail> {
    const [found] = await rowsOf(em, 'select * from emails where name = ? for update', [name]);
    if (!found) throw new Error(`there is no email ${name}`);
    return locked(em.map(EmailRecord, found));
  }

  /** Notes how far an email has come. */
  async note(em: EntityManager, { row }: LockedEmail, { state, attempt }: EmailProgress): Promise<void> {
    const claimedUntil = state.status === 'SENDING' ? state.until : null;
    const failureReason = state.status === 'FAILED' ? state.reason : null;
    const sentAt = state.status === 'SENT' ? state.at : null;
    await withNext(
      em,
      'update emails set status = ?, attempt = ?, claimed_until = ?, failure_reason = ?, sent_at = ? where id = ?',
      [state.status, attempt, claimedUntil, failureReason, sentAt, row.id],
    );
  }

  /** How many emails are not sent, by status. */
  async notSent(): Promise<ReadonlyMap<EmailState['status'], number>> {
    const rows = await rowsOf<{ status: EmailState['status']; count: string }>(
      this.database,
      `select status, count(*) from emails where status <> 'SENT' group by status`,
    );
    return new Map(rows.map(({ status, count }) => [status, Number(count)]));
  }

  /** The emails of orders, of each the oldest first. */
  async findByOrders(orderUuids: readonly string[]): Promise<StoredEmail[]> {
    const where = { orderUuid: { $in: [...orderUuids] } };
    return (await this.database.fork().find(EmailRecord, where, { orderBy: { id: 'asc' } })).map(toEmail);
  }

  async findByIds(ids: readonly number[]): Promise<StoredEmail[]> {
    return (await this.database.fork().find(EmailRecord, { id: { $in: [...ids] } })).map(toEmail);
  }

  /** Newest first, and one more than a page when there is more. */
  async page({ first, after }: PageRequest<number>): Promise<StoredEmail[]> {
    const where = after === null ? {} : { id: { $lt: after } };
    const rows = await this.database.fork().find(EmailRecord, where, { orderBy: { id: 'desc' }, limit: first + 1 });
    return rows.map(toEmail);
  }
}

const locked = (row: EmailRow): LockedEmail => ({ row, progress: { state: stateOf(row), attempt: row.attempt } });

/** The table's checks hold that each status has what belongs to it. */
function stateOf({ status, claimedUntil, failureReason, sentAt }: EmailRow): EmailState {
  if (status === 'SENDING' && claimedUntil) return { status, until: claimedUntil };
  if (status === 'SENT' && sentAt) return { status, at: sentAt };
  if (status === 'FAILED') return { status, reason: failureReason ?? '' };
  return { status: 'QUEUED' };
}

function toEmail({ id, orderUuid, userId, recipient, subject, sentAt }: EmailRow): StoredEmail {
  return { id, orderUuid, userId, to: recipient, subject, sentAt: sentAt ?? null };
}
