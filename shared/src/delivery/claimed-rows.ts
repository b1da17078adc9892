import type { OutboxConnection } from './outbox-connection.js';
import { type Destination, LEASE_SECONDS, type OutboxRow } from './outbox.js';

/** A row as the driver hands it over: bigint comes as text. */
type ClaimedRow = OutboxRow & { readonly seq: string };

/** How many rows one claim takes. */
export const BATCH = 100;
/** A row that is not taken waits as long again as it has waited already, within these seconds. */
const ASIDE = { shortest: 1, longest: 30 } as const;

/** The rows of one destination, claimed by lease: several relays share them, and none is held back by another's. */
export class ClaimedRows {
  constructor(
    private readonly connection: OutboxConnection,
    private readonly destination: Destination,
  ) {}

  /** The oldest that nobody has claimed, oldest first; fewer than a batch when that is all. */
  async claim(): Promise<OutboxRow[]> {
    const rows = await this.connection.query<ClaimedRow>(
      `update outbox set claimed_until = now() + make_interval(secs => ${LEASE_SECONDS})
       where id in (
         select id from outbox
         where destination = $1 and published_at is null and (claimed_until is null or claimed_until < now())
         order by seq limit ${BATCH} for update skip locked)
       returning id, seq, destination, exchange, type, correlation_id as "correlationId", headers, body, created_at as "createdAt"`,
      [this.destination],
    );
    return rows.sort((a, b) => Number(a.seq) - Number(b.seq));
  }

  /** Marks them as published. */
  async mark(rows: readonly OutboxRow[]): Promise<void> {
    await this.connection.query(
      'update outbox set published_at = now() where id = any($1::uuid[]) and published_at is null',
      [ids(rows)],
    );
  }

  /** Anybody may claim them again, at once. */
  async release(rows: readonly OutboxRow[]): Promise<void> {
    const sql = 'update outbox set claimed_until = null where id = any($1::uuid[]) and published_at is null';
    await this.connection.query(sql, [ids(rows)]);
  }

  /** Nobody claims them for a while, the longer the older they are, so that they do not stand before the others. */
  async setAside(rows: readonly OutboxRow[]): Promise<void> {
    const { shortest, longest } = ASIDE;
    const age = 'extract(epoch from clock_timestamp() - created_at)';
    await this.connection.query(
      `update outbox
       set claimed_until = clock_timestamp() + make_interval(secs => least(${longest}, greatest(${shortest}, ${age})))
       where id = any($1::uuid[]) and published_at is null`,
      [ids(rows)],
    );
  }
}

const ids = (rows: readonly OutboxRow[]) => rows.map((row) => row.id);
