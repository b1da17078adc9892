import { type Caller, isAdmin } from '@shop/shared/auth/caller';
import { notFound } from '@shop/shared/errors/app-error';
import type { OrderReader } from '../persistence/order-reader.js';
import type { OrderView } from '../persistence/order-view.js';

export const orderNotFound = () => notFound('order not found');

/** Whether somebody may see what belongs to a user: that user, or an admin. */
export function maySee(caller: Caller | null, userId: number): boolean {
  return caller !== null && (isAdmin(caller) || Number(caller.userId) === userId);
}

/** Shows one order to those who may see it. */
export class ViewOrder {
  constructor(private readonly reader: OrderReader) {}

  /** The order under a numeric id or a uuid; null when it is absent or not the caller's to see. */
  async find(caller: Caller, reference: number | string): Promise<OrderView | null> {
    const order = await this.reader.find(reference);
    return order && maySee(caller, order.userId) ? order : null;
  }

  /** As `find`, but NOT_FOUND instead of null. */
  async required(caller: Caller, reference: number | string): Promise<OrderView> {
    const order = await this.find(caller, reference);
    if (!order) throw orderNotFound();
    return order;
  }
}
