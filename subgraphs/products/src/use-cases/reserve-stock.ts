import { stockFailed, stockReserved } from '@shop/shared/contracts/stock-events';
import type { Received } from '@shop/shared/delivery/inbox';
import type { Outbox } from '@shop/shared/delivery/outbox';
import type { Transactions, Tx } from '@shop/shared/delivery/transactions';
import { announceChanged } from './announce.js';
import type { Product } from '../domain/product.js';
import { byProduct, decideRequest, type Shortage, shouldReserve, type Wanted } from '../domain/reservation.js';
import type { ProductReader } from '../persistence/product-reader.js';
import type { ProductStore } from '../persistence/product.store.js';
import type { ReservationStore } from '../persistence/reservation.store.js';

/**
 * Reserves an order's stock, all or nothing, and announces which. An order that was decided or cancelled before changes
 * nothing and announces nothing. Locks the order's row, then the products' in ascending id, as everybody does: so orders
 * wait for each other, but never in a circle.
 */
export class ReserveStock {
  constructor(
    private readonly transactions: Transactions,
    private readonly products: ProductStore,
    private readonly reservations: ReservationStore,
    private readonly reader: ProductReader,
  ) {}

  async run(message: Received, orderUuid: string, wanted: readonly Wanted[], now: Date): Promise<void> {
    const changed = await this.transactions.runOnce(message, async (tx) => {
      const reservation = await this.reservations.lock(tx.em, orderUuid, now);
      return shouldReserve(reservation) ? this.reserve(tx, orderUuid, wanted, now) : [];
    });
    await this.reader.refresh(changed ?? []);
  }

  private async reserve(
    { em, outbox }: Tx,
    orderUuid: string,
    wanted: readonly Wanted[],
    now: Date,
  ): Promise<Product[]> {
    const ids = byProduct(wanted).map(({ productId }) => productId);
    const outcome = decideRequest(wanted, await this.products.lockStock(em, ids));
    await this.reservations.save(em, orderUuid, outcome, now);
    if (outcome.state === 'failed') {
      announceShortages(outbox, orderUuid, outcome.shortages);
      return [];
    }
    const changed = await this.products.take(em, outcome.items, now);
    outbox.publish(stockReserved, orderUuid, { order_uuid: orderUuid });
    for (const product of changed) announceChanged(outbox, product, orderUuid);
    return changed;
  }
}

function announceShortages(outbox: Outbox, orderUuid: string, shortages: readonly Shortage[]): void {
  outbox.publish(stockFailed, orderUuid, {
    order_uuid: orderUuid,
    reason: 'insufficient stock',
    shortages: shortages.map(({ productId, requested, available }) => ({
      product_id: productId,
      requested,
      available,
    })),
  });
}
