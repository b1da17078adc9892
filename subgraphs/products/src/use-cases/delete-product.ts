import type { Transactions } from '@shop/shared/delivery/transactions';
import { notFound } from '@shop/shared/errors/app-error';
import { announceChanged } from './announce.js';
import type { ProductReader } from '../persistence/product-reader.js';
import type { ProductStore } from '../persistence/product.store.js';

/** Takes a product out of the shop; its row stays, for the orders that hold some of it. NOT_FOUND without it. */
export class DeleteProduct {
  constructor(
    private readonly transactions: Transactions,
    private readonly store: ProductStore,
    private readonly reader: ProductReader,
  ) {}

  async run(id: number, now: Date): Promise<void> {
    const product = await this.transactions.run(async ({ em, outbox }) => {
      const deleted = await this.store.delete(em, id, now);
      if (deleted) announceChanged(outbox, deleted);
      return deleted;
    });
    if (!product) throw notFound('product not found');
    await this.reader.refresh([product]);
  }
}
