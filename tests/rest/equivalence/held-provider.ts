import pg from 'pg';
import type { RunningShop } from '../../e2e/running-shop.js';

/** Keeps the payment provider from answering for as long as a test needs an order to stay Pending. */
export class HeldProvider {
  private constructor(private readonly client: pg.Client) {}

  static async of(shop: RunningShop): Promise<HeldProvider> {
    const client = new pg.Client({ connectionString: shop.database('payments') });
    await client.connect();
    return new HeldProvider(client);
  }

  /** Nothing is charged or declined while `work` lasts: the provider can't write it down. */
  async during<Result>(work: () => Promise<Result>): Promise<Result> {
    await this.client.query('begin');
    try {
      await this.client.query('lock table provider_ledger in share row exclusive mode');
      return await work();
    } finally {
      await this.client.query('rollback');
    }
  }

  async close(): Promise<void> {
    await this.client.end();
  }
}
