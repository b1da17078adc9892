import type { Transactions } from '@shop/shared/delivery/transactions';
import { rowsOf } from '@shop/shared/persistence/statements';
import { announceCreated } from './announce.js';
import { checkDrafts, type ProductDraft } from '../domain/product.js';
import type { ProductStore } from '../persistence/product.store.js';

/** The key of the advisory lock under which one process at a time seeds; the database is the service's own. */
const SEED_LOCK = 24_000_001;

/** Fills a catalogue that has never had a product; in any other it does nothing, also when all were deleted. */
export class SeedCatalogue {
  constructor(
    private readonly transactions: Transactions,
    private readonly store: ProductStore,
  ) {}

  /** How many products it made. */
  async run(drafts: readonly ProductDraft[], now: Date): Promise<number> {
    checkDrafts(drafts);
    return this.transactions.run(async ({ em, outbox }) => {
      await rowsOf(em, 'select pg_advisory_xact_lock(?)', [SEED_LOCK]);
      if (!(await this.store.isEmpty(em))) return 0;
      const products = await this.store.insert(em, drafts, now);
      for (const product of products) announceCreated(outbox, product);
      return products.length;
    });
  }
}
