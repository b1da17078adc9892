import type { Received } from '@shop/shared/delivery/inbox';
import type { Transactions } from '@shop/shared/delivery/transactions';
import type { Logger } from '@shop/shared/logging/logger';
import { announceChanged } from './announce.js';
import { decideCancellation } from '../domain/reservation.js';
import type { ProductReader } from '../persistence/product-reader.js';
import type { ProductStore } from '../persistence/product.store.js';
import type { ReservationStore } from '../persistence/reservation.store.js';

/**
 * Gives back what a cancelled order holds, from its reservation's row, to deleted products too. The row stays as a
 * tombstone, also where it was not there before: a request that comes later reserves nothing.
 */
export class ReleaseStock {
  constructor(
    private readonly transactions: Transactions,
    private readonly products: ProductStore,
    private readonly reservations: ReservationStore,
    private readonly reader: ProductReader,
    private readonly logger: Pick<Logger, 'error'>,
  ) {}

  async run(message: Received, orderUuid: string, now: Date): Promise<void> {
    const changed = await this.transactions.runOnce(message, async ({ em, outbox, note, afterCommit }) => {
      const reservation = await this.reservations.lock(em, orderUuid, now);
      if (reservation.state === 'cancelled') return [];
      await this.reservations.save(em, orderUuid, { state: 'cancelled' }, now);
      const items = decideCancellation(reservation);
      if (items.length === 0) return [];
      const { products, lost } = await this.products.giveBack(em, items, now);
      for (const { productId, quantity } of lost) {
        const fields = { order_uuid: orderUuid, product_id: productId, quantity };
        afterCommit(() => this.logger.error(fields, 'the stock is too high to take back all that an order held'));
      }
      for (const product of products) announceChanged(outbox, product, orderUuid);
      note('stock released', orderUuid);
      return products;
    });
    await this.reader.refresh(changed ?? []);
  }
}
