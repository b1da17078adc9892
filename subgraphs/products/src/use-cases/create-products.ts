import type { Transactions } from '@shop/shared/delivery/transactions';
import { announceCreated } from './announce.js';
import { checkDrafts, type Product, type ProductDraft } from '../domain/product.js';
import type { ProductReader } from '../persistence/product-reader.js';
import type { ProductStore } from '../persistence/product.store.js';

/** Makes products, all or none. BAD_USER_INPUT for none, and for any that can't be. */
export class CreateProducts {
  constructor(
    private readonly transactions: Transactions,
    private readonly store: ProductStore,
    private readonly reader: ProductReader,
  ) {}

  /** The new products, in the order of the drafts. */
  async run(drafts: readonly ProductDraft[], now: Date): Promise<Product[]> {
    checkDrafts(drafts);
    const products = await this.transactions.run(async ({ em, outbox }) => {
      const created = await this.store.insert(em, drafts, now);
      for (const product of created) announceCreated(outbox, product);
      return created;
    });
    await this.reader.refresh(products);
    return products;
  }
}
