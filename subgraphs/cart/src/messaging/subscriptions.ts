import { checkoutAbandoned, orderRequested } from '@shop/shared/contracts/order-events';
import { productCreated, productDeleted, productUpdated } from '@shop/shared/contracts/product-events';
import { onEvent } from '@shop/shared/delivery/consumer';
import type { Bus } from '@shop/shared/messaging/bus';
import type { AbandonCheckout } from '../use-cases/abandon-checkout.js';
import type { ApplyProduct } from '../use-cases/apply-product.js';
import type { CloseCheckout } from '../use-cases/close-checkout.js';

interface Handlers {
  readonly applyProduct: ApplyProduct;
  readonly closeCheckout: CloseCheckout;
  readonly abandonCheckout: AbandonCheckout;
}

/** Everything that the cart listens to. */
export function subscribe(bus: Bus, { applyProduct, closeCheckout, abandonCheckout }: Handlers): void {
  for (const event of [productCreated, productUpdated]) {
    onEvent(bus, 'cart', event, (body, message) => applyProduct.run({ ...body, deleted: false }, message));
  }
  onEvent(bus, 'cart', productDeleted, (body, message) => applyProduct.run({ ...body, deleted: true }, message));
  onEvent(bus, 'cart', orderRequested, (body, message) => closeCheckout.run(body.order_uuid, body.user_id, message));
  onEvent(bus, 'cart', checkoutAbandoned, (body, message) =>
    abandonCheckout.run(body.order_uuid, body.user_id, message),
  );
}
