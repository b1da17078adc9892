import type { Received } from '@shop/shared/delivery/inbox';
import type { Transactions } from '@shop/shared/delivery/transactions';
import type { Product } from '../domain/cart.js';
import type { CartStore } from '../persistence/cart.store.js';
import type { ProductSnapshotStore } from '../persistence/product-snapshot.store.js';

/** Takes over what the products service announced; a deleted product leaves all carts. */
export class ApplyProduct {
  constructor(
    private readonly transactions: Transactions,
    private readonly products: ProductSnapshotStore,
    private readonly carts: CartStore,
  ) {}

  async run(product: Product, cause: Received): Promise<void> {
    await this.transactions.runOnce(cause, async ({ em }) => {
      if (!product.deleted) return this.products.apply(em, product);
      if (await this.products.applied(em, product)) await this.carts.removeProduct(em, product.id);
    });
  }
}
