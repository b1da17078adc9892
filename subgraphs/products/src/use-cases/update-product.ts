import type { Transactions } from '@shop/shared/delivery/transactions';
import { AppError, notFound } from '@shop/shared/errors/app-error';
import { announceChanged } from './announce.js';
import { checkPatch, type Product, type ProductPatch } from '../domain/product.js';
import type { ProductReader } from '../persistence/product-reader.js';
import type { ProductStore } from '../persistence/product.store.js';

/**
 * Changes what is sent of a product, in one update. The stock is the available one: what orders hold is not in it.
 * NOT_FOUND without the product, CONFLICT (412) when it is at none of the versions that the caller expects.
 */
export class UpdateProduct {
  constructor(
    private readonly transactions: Transactions,
    private readonly store: ProductStore,
    private readonly reader: ProductReader,
  ) {}

  async run(id: number, patch: ProductPatch, expected: readonly number[] | undefined, now: Date): Promise<Product> {
    checkPatch(patch);
    if (Object.values(patch).every((value) => value === undefined)) return this.unchanged(id, expected);
    const product = await this.transactions.run(async ({ em, outbox }) => {
      const updated = await this.store.update(em, id, patch, expected, now);
      if (updated) announceChanged(outbox, updated);
      return updated;
    });
    if (!product) return this.unchanged(id, expected);
    await this.reader.refresh([product]);
    return product;
  }

  /** The product as it is, where there is nothing to change or the version is not an expected one. */
  private async unchanged(id: number, expected: readonly number[] | undefined): Promise<Product> {
    const [product] = await this.store.byIds([id]);
    if (!product || product.deleted) throw notFound('product not found');
    if (expected && !expected.includes(product.version))
      throw new AppError('CONFLICT', `the product has changed: it is at version ${product.version}`, { status: 412 });
    return product;
  }
}
