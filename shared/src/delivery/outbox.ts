import { randomUUID } from 'node:crypto';
import type { EventDefinition } from '../messaging/define-event.js';
import type { EntityManager } from '../persistence/database.js';
import { withNext } from '../persistence/statements.js';
import { traceHeaders } from '../telemetry/trace-context.js';

/** Where a relay takes a row: the message broker, or Redis, which never waits for the broker. */
export type Destination = 'bus' | 'redis';

/** A row of the outbox, not published yet. */
export interface OutboxRow {
  readonly id: string;
  readonly destination: Destination;
  /** Empty for Redis. */
  readonly exchange: string;
  readonly type: string;
  readonly correlationId: string;
  /** The W3C trace context in which it was announced: whoever hears of it continues that trace. */
  readonly headers: Record<string, string>;
  readonly body: unknown;
  readonly createdAt: Date;
}

/** A step of an order, as the log tells of it. */
export interface Step {
  readonly sentence: string;
  readonly fields: { readonly order_uuid: string } & Readonly<Record<string, unknown>>;
}

type NewRow = Omit<OutboxRow, 'createdAt'>;

/** A claimed row whose relay died is claimable again after so long. */
export const LEASE_SECONDS = 15;

/** Asks for the correlation ids of the events of a type (its one value) of which no confirmation by the broker is known. */
export const UNCONFIRMED =
  "select correlation_id from outbox where destination = 'bus' and published_at is null and type = ?";

/** Collects what a transaction announces; written in that transaction, in one statement. */
export class Outbox {
  private readonly rows: NewRow[] = [];
  private readonly told: Step[] = [];

  /** The steps of an order that these announcements are, in words. */
  get steps(): readonly Step[] {
    return this.told;
  }

  /** Announces an event of the contract. The body is checked: an invalid one never leaves its transaction. */
  publish<Body>(event: EventDefinition<Body>, correlationId: string, body: Body): void {
    this.rows.push({
      id: randomUUID(),
      destination: 'bus',
      exchange: event.exchange,
      type: event.key,
      correlationId,
      headers: traceHeaders(),
      body: event.body.parse(body),
    });
    if (event.says !== undefined) this.told.push({ sentence: event.says, fields: fieldsOf(correlationId, body) });
  }

  /** Asks for a wake-up over Redis, under a type that the service's own relay understands. */
  wake(type: string, correlationId: string, body: unknown = {}): void {
    const headers = traceHeaders();
    this.rows.push({ id: randomUUID(), destination: 'redis', exchange: '', type, correlationId, headers, body });
  }

  /**
   * Writes the rows at the end of the caller's transaction: those of the given destinations as claimed already, for whoever
   * hands them over right after the commit. Resolves to these.
   */
  async writeTo(em: EntityManager, claimed: ReadonlySet<Destination>): Promise<readonly OutboxRow[]> {
    if (this.rows.length === 0) return [];
    const createdAt = new Date();
    const written = this.rows.map(({ correlationId, ...row }) => ({
      ...row,
      correlation_id: correlationId,
      claimed: claimed.has(row.destination),
    }));
    await withNext(
      em,
      `insert into outbox (id, destination, exchange, type, correlation_id, headers, body, created_at, claimed_until)
       select id, destination, exchange, type, correlation_id, headers, body, ?::timestamptz,
         case when claimed then clock_timestamp() + make_interval(secs => ${LEASE_SECONDS}) end
       from jsonb_to_recordset(?::jsonb) as row(id uuid, destination text, exchange text, type text,
         correlation_id text, headers jsonb, body jsonb, claimed boolean)`,
      [createdAt, JSON.stringify(written)],
    );
    return this.rows.filter(({ destination }) => claimed.has(destination)).map((row) => ({ ...row, createdAt }));
  }
}

function fieldsOf(orderUuid: string, body: unknown): Step['fields'] {
  const reason = typeof body === 'object' && body !== null && 'reason' in body ? body.reason : undefined;
  return { order_uuid: orderUuid, ...(reason !== undefined && { reason }) };
}
