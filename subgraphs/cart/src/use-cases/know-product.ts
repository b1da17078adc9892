import type { Transactions } from '@shop/shared/delivery/transactions';
import type { ProductsClient } from '../clients/products-client.js';
import type { Product } from '../domain/cart.js';
import type { ProductSnapshotStore } from '../persistence/product-snapshot.store.js';

/** Finds a product in the cart's own copy, and asks the products service for one that it has not seen. */
export class KnowProduct {
  constructor(
    private readonly transactions: Transactions,
    private readonly products: ProductSnapshotStore,
    private readonly client: ProductsClient,
  ) {}

  /** Null for a product that does not exist. Throws 503 when the products service would have to say so and is away. */
  async run(productId: number): Promise<Product | null> {
    const known = await this.products.find(productId);
    if (known) return known;
    const told = await this.client.product(productId);
    if (!told) return null;
    // Events may have brought a newer version, or the tombstone, while the question was on its way.
    return this.transactions.run(async ({ em }) => {
      await this.products.apply(em, { ...told, deleted: false });
      return this.products.find(productId, em);
    });
  }
}
