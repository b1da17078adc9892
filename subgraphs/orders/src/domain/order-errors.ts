import { AppError } from '@shop/shared/errors/app-error';
import type { OrderStatus } from './order.js';

/** A step that an order in its state cannot take. */
export class IllegalStep extends AppError {
  constructor(
    readonly from: OrderStatus,
    readonly step: string,
  ) {
    super('CONFLICT', `an order that is ${from} cannot be ${step}`);
  }
}

/** An answer that cannot be one to this order: whatever it says, it says it of something else. */
export class ForeignAnswer extends Error {
  override readonly name = 'ForeignAnswer';
}
