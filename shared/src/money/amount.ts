import { badInput } from '../errors/app-error.js';

/** The largest amount, in minor units: 2^53-1, which JSON, PostgreSQL's bigint and JavaScript all keep exactly. */
export const MAX_AMOUNT = Number.MAX_SAFE_INTEGER;

/** A price times a quantity, in minor units. Throws BAD_USER_INPUT when the product leaves the range of amounts. */
export function multiply(price: number, quantity: number): number {
  return inRange(price * quantity);
}

/** The sum of amounts, in minor units. Throws BAD_USER_INPUT when it leaves the range of amounts. */
export function sum(amounts: readonly number[]): number {
  return amounts.reduce((total, amount) => inRange(total + amount), 0);
}

/** A product or sum that was only computed to be shown: past the range of amounts it shows the largest one. */
export function shown(amount: number): number {
  return Math.min(amount, MAX_AMOUNT);
}

function inRange(amount: number): number {
  if (!Number.isSafeInteger(amount)) throw badInput('the total is too large');
  return amount;
}
