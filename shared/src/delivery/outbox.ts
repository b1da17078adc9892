import { randomUUID } from 'node:crypto';
import type { EventDefinition } from '../messaging/define-event.js';
import type { EntityManager } from '../persistence/database.js';

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
  readonly headers: Record<string, string>;
  readonly body: unknown;
  readonly createdAt: Date;
}

type NewRow = Omit<OutboxRow, 'createdAt'>;

/** Collects what a transaction announces; written in that transaction, in one statement. */
export class Outbox {
  private readonly rows: NewRow[] = [];

  /** Announces an event of the contract. The body is checked: an invalid one never leaves its transaction. */
  publish<Body>(event: EventDefinition<Body>, correlationId: string, body: Body): void {
    this.rows.push({
      id: randomUUID(),
      destination: 'bus',
      exchange: event.exchange,
      type: event.key,
      correlationId,
      headers: {},
      body: event.body.parse(body),
    });
  }

  /** Asks for a wake-up over Redis, under a type that the service's own relay understands. */
  wake(type: string, correlationId: string, body: unknown = {}): void {
    this.rows.push({ id: randomUUID(), destination: 'redis', exchange: '', type, correlationId, headers: {}, body });
  }

  /** Writes the rows in the caller's transaction. */
  async writeTo(em: EntityManager): Promise<void> {
    if (this.rows.length === 0) return;
    await em.execute(
      `insert into outbox (id, destination, exchange, type, correlation_id, headers, body)
       select * from jsonb_to_recordset(?::jsonb)
         as row(id uuid, destination text, exchange text, type text, correlation_id text, headers jsonb, body jsonb)`,
      [JSON.stringify(this.rows.map(({ correlationId, ...row }) => ({ ...row, correlation_id: correlationId })))],
      'run',
    );
  }
}
