import type { Database, EntityManager } from '@shop/shared/persistence/database';
import { rowsOf, withNext } from '@shop/shared/persistence/statements';
import { PaymentRecord, type PaymentRow } from './payment.record.js';
import { due, type Payment, type RequestedPayment } from '../domain/payment.js';

/** What a request says of its order's payment. */
export interface PaymentRequest {
  readonly userId: number;
  readonly email: string;
  /** In minor units. */
  readonly amount: number;
  readonly currency: string;
  readonly provider: string;
}

/** A payment with everything that its request said. */
export interface StoredPayment extends PaymentRequest {
  readonly id: number;
  /** As the database writes it, in lower case: it is the provider's key. */
  readonly orderUuid: string;
  readonly state: RequestedPayment;
  readonly failureReason: string | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** A row that the current transaction holds the lock of. */
export interface LockedPayment {
  readonly row: PaymentRow;
  readonly state: Payment;
}

interface Note {
  readonly state: Payment;
  readonly now: Date;
  /** When the provider is to be asked again if this process doesn't live to settle what is open. */
  readonly nextAttemptAt: Date;
  readonly request?: PaymentRequest | undefined;
}

/** What is noted of a payment when its request is the first that is heard of its order. */
interface FirstNote extends Note {
  readonly request: PaymentRequest;
}

/** The payments, one row an order, kept for good. */
export class PaymentStore {
  constructor(private readonly database: Database) {}

  /** Notes a payment of an order of which nothing is known, in a statement of its own. Null, and nothing noted, when there is a row. */
  async open(orderUuid: string, { state, now, nextAttemptAt, request }: FirstNote): Promise<StoredPayment | null> {
    const { userId, email, amount, currency, provider } = request;
    const [made] = await rowsOf(
      this.database,
      `insert into payments (order_uuid, status, next_attempt_at, updated_at, user_id, email, amount, currency, provider)
       values (?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict (order_uuid) do nothing returning *`,
      [orderUuid, state.status, nextAttemptAt, now, userId, email, amount, currency, provider],
    );
    if (!made) return null;
    const row = this.database.fork().map(PaymentRecord, made);
    if (!isPayment(row)) throw new Error('what was requested is a payment');
    return toPayment(row);
  }

  /**
   * Locks an order's row, made when there was none, until the transaction ends. The update that changes nothing is the
   * lock: so one statement makes the row or takes it.
   */
  async lock(em: EntityManager, orderUuid: string): Promise<LockedPayment> {
    const [found] = await rowsOf(
      em,
      `insert into payments (order_uuid, status) values (?, 'NEW')
       on conflict (order_uuid) do update set order_uuid = excluded.order_uuid returning *`,
      [orderUuid],
    );
    if (!found) throw new Error('an upsert returns its row');
    return locked(em.map(PaymentRecord, found));
  }

  /** The same for an order whose row is there. */
  async lockKnown(em: EntityManager, orderUuid: string): Promise<LockedPayment> {
    const [found] = await rowsOf(em, 'select * from payments where order_uuid = ? for update', [orderUuid]);
    if (!found) throw new Error(`there is no payment of order ${orderUuid}`);
    return locked(em.map(PaymentRecord, found));
  }

  /**
   * Notes what a payment became, and with its request what was asked for. Answers the payment, null for a tombstone.
   */
  async note(
    em: EntityManager,
    { row }: LockedPayment,
    { state, now, nextAttemptAt, request }: Note,
  ): Promise<StoredPayment | null> {
    const noted: PaymentRow = {
      ...row,
      ...request,
      status: state.status,
      cancelled: 'cancelled' in state && state.cancelled,
      failureReason: state.status === 'FAILED' ? state.reason : null,
      nextAttemptAt: due(state) ? nextAttemptAt : null,
      updatedAt: now,
    };
    await withNext(
      em,
      `update payments set status = ?, cancelled = ?, failure_reason = ?, next_attempt_at = ?, updated_at = ?,
         user_id = ?, email = ?, amount = ?, currency = ?, provider = ?
       where id = ?`,
      [
        ...[noted.status, noted.cancelled, noted.failureReason, noted.nextAttemptAt, noted.updatedAt],
        ...[noted.userId, noted.email, noted.amount, noted.currency, noted.provider, noted.id],
      ],
    );
    return isPayment(noted) ? toPayment(noted) : null;
  }

  /** The payments of orders; none for an order whose payment was never requested. */
  async findByOrders(orderUuids: readonly string[]): Promise<StoredPayment[]> {
    const rows = await this.database.fork().find(PaymentRecord, { orderUuid: { $in: [...orderUuids] } });
    return rows.filter(isPayment).map(toPayment);
  }

  async findByIds(ids: readonly number[]): Promise<StoredPayment[]> {
    const rows = await this.database.fork().find(PaymentRecord, { id: { $in: [...ids] } });
    return rows.filter(isPayment).map(toPayment);
  }

  /**
   * Takes payments whose next attempt is due, oldest first, and moves that attempt to `nextAttemptAt`: no other process
   * takes them before then. Answers their orders.
   */
  async takeUnsettled(now: Date, nextAttemptAt: Date, limit: number): Promise<string[]> {
    const rows = await rowsOf<{ order_uuid: string }>(
      this.database,
      `update payments set next_attempt_at = ?
       where id in (
         select id from payments where next_attempt_at <= ?
         order by next_attempt_at limit ? for update skip locked)
       returning order_uuid`,
      [nextAttemptAt, now, limit],
    );
    return rows.map((row) => row.order_uuid);
  }
}

const locked = (row: PaymentRow): LockedPayment => ({ row, state: stateOf(row) });

type RequestedRow = PaymentRow & PaymentRequest & { readonly status: RequestedPayment['status'] };

/** Whether a row was requested: then the table's check holds that every column of the request is there. */
const isPayment = (row: PaymentRow): row is RequestedRow => row.status !== 'NEW' && row.status !== 'TOMBSTONE';

function toPayment(row: RequestedRow): StoredPayment {
  const { id, orderUuid, userId, email, amount, currency, provider, failureReason, createdAt, updatedAt } = row;
  const request = { userId, email, amount, currency, provider };
  return {
    ...request,
    id,
    orderUuid,
    state: requestedState(row),
    failureReason: failureReason ?? null,
    createdAt,
    updatedAt,
  };
}

function stateOf(row: PaymentRow): Payment {
  if (isPayment(row)) return requestedState(row);
  return { status: row.status === 'NEW' ? 'NEW' : 'TOMBSTONE' };
}

function requestedState({ status, cancelled, failureReason }: RequestedRow): RequestedPayment {
  switch (status) {
    case 'PENDING':
    case 'SUCCEEDED':
      return { status, cancelled };
    case 'FAILED':
      return { status, reason: failureReason ?? '' };
    case 'REFUNDED':
      return { status };
  }
}
