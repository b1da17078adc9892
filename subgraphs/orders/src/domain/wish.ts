import { badInput } from '@shop/shared/errors/app-error';
import { isStorable } from '@shop/shared/text/storable';

/** What a customer may say of an order. */
export interface OrderWish {
  readonly shippingAddress?: string | null | undefined;
  /** The same user and key: the same order. Without one each call is an order of its own. */
  readonly idempotencyKey?: string | null | undefined;
}

/** In characters. */
export const MAX_ADDRESS = 500;
export const MAX_KEY = 200;

/** Null when there is none. Throws BAD_USER_INPUT for one that is too long. */
export function addressOf({ shippingAddress }: OrderWish): string | null {
  return text(
    shippingAddress,
    0,
    MAX_ADDRESS,
    'shippingAddress',
    `the shipping address must be at most ${MAX_ADDRESS}`,
  );
}

/** Null when there is none. Throws BAD_USER_INPUT for one that is empty or too long. */
export function keyOf({ idempotencyKey }: OrderWish): string | null {
  return text(idempotencyKey, 1, MAX_KEY, 'idempotencyKey', `the idempotency key must be 1 to ${MAX_KEY}`);
}

function text(value: string | null | undefined, least: number, most: number, field: string, rule: string) {
  if (value === null || value === undefined) return null;
  const length = [...value].length;
  if (length < least || length > most || !isStorable(value)) throw badInput(`${rule} characters`, field);
  return value;
}
