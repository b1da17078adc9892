import type { ProductSnapshot } from '@shop/shared/contracts/product-events';
import { productCreated, productDeleted, productUpdated } from '@shop/shared/contracts/product-events';
import type { Outbox } from '@shop/shared/delivery/outbox';
import type { Product } from '../domain/product.js';
import { toCacheRefresh } from '../persistence/cached-product.js';

export function announceCreated(outbox: Outbox, product: Product): void {
  outbox.publish(productCreated, String(product.id), snapshot(product));
  refreshCache(outbox, product);
}

/**
 * Announces a product's new version, with the order that caused it where one did. One that is deleted stays deleted, with
 * a higher version: its stock can still change when an order gives some back.
 */
export function announceChanged(outbox: Outbox, product: Product, orderUuid?: string): void {
  const event = product.deleted ? productDeleted : productUpdated;
  outbox.publish(event, orderUuid ?? String(product.id), snapshot(product));
  refreshCache(outbox, product);
}

function snapshot({ id, name, price, stock, version }: Product): ProductSnapshot {
  return { id, name, price, stock, version };
}

function refreshCache(outbox: Outbox, product: Product): void {
  outbox.wake('product.cached', String(product.id), toCacheRefresh(product));
}
