import pg from 'pg';
import { z } from 'zod';
import type { RunningShop } from '../../e2e/running-shop.js';

/** An event as it was given to the broker. */
export interface TappedEvent {
  readonly publisher: string;
  readonly type: string;
  readonly body: Readonly<Record<string, unknown>>;
}

const tapped = z.object({ messageId: z.string(), appId: z.string(), type: z.string(), text: z.string() });

/** Hears all that services publish on the embedded broker, at the moment at which it takes it. */
export class EventTap {
  private heard = '0';

  private constructor(private readonly client: pg.Client) {}

  static async of(shop: RunningShop): Promise<EventTap> {
    const client = new pg.Client({ connectionString: shop.database('bus') });
    await client.connect();
    await client.query(`
      create table tapped (seq bigint generated always as identity primary key, payload json not null);
      create function tap_job() returns trigger language plpgsql security definer as
        $$ begin insert into public.tapped (payload) values (new.payload); return null; end $$;
      create trigger tap_jobs after insert on graphile_worker._private_jobs for each row execute function tap_job()`);
    return new EventTap(client);
  }

  /** What was published since this was last asked, each event once, in the order in which the broker took it. */
  async news(): Promise<TappedEvent[]> {
    const { rows } = await this.client.query<{ seq: string; payload: unknown }>(
      'select seq, payload from tapped where seq > $1 order by seq',
      [this.heard],
    );
    this.heard = rows.at(-1)?.seq ?? this.heard;
    // A job for each queue, and one more for each retry, carries the same message.
    const messages = new Map(rows.map(({ payload }) => [tapped.parse(payload).messageId, tapped.parse(payload)]));
    return [...messages.values()].map(({ appId, type, text }) => ({
      ...{ publisher: appId, type },
      body: JSON.parse(text) as TappedEvent['body'],
    }));
  }

  async close(): Promise<void> {
    await this.client.end();
  }
}
