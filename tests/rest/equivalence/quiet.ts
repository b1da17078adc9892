import pg from 'pg';
import { eventually } from '../../support/eventually.js';
import type { RunningShop } from '../../e2e/running-shop.js';

/** Those whose events matter here; a service that is not running keeps its own waiting. */
const services = ['products', 'cart', 'orders', 'payments', 'mailer'] as const;

/** Watches the embedded shop's databases for the moment at which no event is under way any more. */
export class Quiet {
  private constructor(
    private readonly outboxes: readonly pg.Client[],
    private readonly bus: pg.Client,
  ) {}

  static async of(shop: RunningShop): Promise<Quiet> {
    const connect = async (name: string) => {
      const client = new pg.Client({ connectionString: shop.database(name) });
      await client.connect();
      return client;
    };
    return new Quiet(await Promise.all(services.map(connect)), await connect('bus'));
  }

  /** Resolves once every event has been published, and every message of it handled. */
  async comes(): Promise<void> {
    await eventually(
      async () => {
        // An event is committed in the one place before it leaves the other: seen nowhere twice, it is nowhere.
        for (let look = 0; look < 2; look += 1) {
          const [first] = await this.underWay();
          if (first !== undefined) throw new Error(`there is still ${first} under way`);
        }
      },
      { timeoutMs: 15_000 },
    );
  }

  async close(): Promise<void> {
    await Promise.all([...this.outboxes, this.bus].map((client) => client.end()));
  }

  /** What is published by nobody or handled by nobody yet. */
  private async underWay(): Promise<string[]> {
    const waiting = await Promise.all([
      ...this.outboxes.map((client) => texts(client, 'select type as text from outbox where published_at is null')),
      texts(
        this.bus,
        `select identifier || ' ' || coalesce(last_error, '') || payload as text from graphile_worker._private_jobs as jobs
         join graphile_worker._private_tasks as tasks on tasks.id = task_id
         where split_part(identifier, ':', 1) = any($1)`,
        [services],
      ),
    ]);
    return waiting.flat();
  }
}

async function texts(client: pg.Client, query: string, values: unknown[] = []): Promise<string[]> {
  const { rows } = await client.query<{ text: string }>(query, values);
  return rows.map(({ text }) => text);
}
