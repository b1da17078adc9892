import { badInput } from '@shop/shared/errors/app-error';
import { faultOfText, type TextBounds } from '@shop/shared/text/bounded-text';

/** What a customer may say of an order. */
export interface OrderWish {
  readonly shippingAddress?: string | null | undefined;
  /** The same user and key: the same order. Without one each call is an order of its own. */
  readonly idempotencyKey?: string | null | undefined;
}

export const addressBounds: TextBounds = { name: 'the shipping address', least: 0, most: 500 };
export const keyBounds: TextBounds = { name: 'the idempotency key', least: 1, most: 200 };

/** Null when there is none. Throws BAD_USER_INPUT for one that is too long. */
export function addressOf({ shippingAddress }: OrderWish): string | null {
  return checked(shippingAddress, addressBounds, 'shippingAddress');
}

/** Null when there is none. Throws BAD_USER_INPUT for one that is empty or too long. */
export function keyOf({ idempotencyKey }: OrderWish): string | null {
  return checked(idempotencyKey, keyBounds, 'idempotencyKey');
}

function checked(text: string | null | undefined, bounds: TextBounds, field: string): string | null {
  if (text === null || text === undefined) return null;
  const fault = faultOfText(text, bounds);
  if (fault) throw badInput(fault, field);
  return text;
}
