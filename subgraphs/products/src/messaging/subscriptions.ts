import { orderCancelled, orderRequested } from '@shop/shared/contracts/order-events';
import { onEvent } from '@shop/shared/delivery/consumer';
import type { Bus } from '@shop/shared/messaging/bus';
import type { ReleaseStock } from '../use-cases/release-stock.js';
import type { ReserveStock } from '../use-cases/reserve-stock.js';

/** Everything that the products service listens to. */
export function subscribe(bus: Bus, reserveStock: ReserveStock, releaseStock: ReleaseStock): void {
  onEvent(bus, 'products', orderRequested, ({ order_uuid, items }, message) => {
    const wanted = items.map(({ product_id, quantity }) => ({ productId: product_id, quantity }));
    return reserveStock.run(message, order_uuid, wanted, new Date());
  });
  onEvent(bus, 'products', orderCancelled, ({ order_uuid }, message) =>
    releaseStock.run(message, order_uuid, new Date()),
  );
}
