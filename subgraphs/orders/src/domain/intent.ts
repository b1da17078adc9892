import { multiply, sum } from '@shop/shared/money/amount';
import { type AppError, badInput, unavailable } from '@shop/shared/errors/app-error';
import type { OrderLine, PendingOrder } from './order.js';

interface Purpose {
  /** The uuid that the order will have. */
  readonly uuid: string;
  readonly userId: number;
  readonly email: string;
  readonly shippingAddress: string | null;
}

/** The will to order what is in the cart: open until it becomes an order, or ends without one. */
export type Intent = Purpose & { readonly state: 'open' | 'placed' | 'ended' };

/** What cart answers: what it took, perhaps nothing; or that this checkout is closed and takes nothing more. */
export type CheckoutAnswer = { readonly items: readonly OrderLine[] } | 'closed';

/** An open intent becomes an order, or it came to nothing, for a reason that its client is told. */
export type Settlement = { readonly order: PendingOrder } | { readonly refusal: AppError };

/** What clients read when the cart can't be asked, or when their checkout is over. */
export const cartUnavailable = (cause?: unknown): AppError => unavailable('cart service unavailable', cause);

/** Turns an open intent and the cart's answer into a Pending order at the prices that the cart showed, or a refusal. */
export function settle(intent: Purpose, answer: CheckoutAnswer, currency: string, now: Date): Settlement {
  if (answer === 'closed') return { refusal: cartUnavailable() };
  if (answer.items.length === 0) return { refusal: badInput('cart empty', 'cart') };
  const { uuid, userId, email } = intent;
  const total = totalOf(answer.items);
  if (total === null) return { refusal: badInput('the total is too large', 'cart') };
  const { items } = answer;
  return {
    order: { uuid, userId, email, total, currency, items, version: 1, updatedAt: now, heard: [], status: 'Pending' },
  };
}

/** Null when the total leaves the range of amounts. */
function totalOf(items: readonly OrderLine[]): number | null {
  try {
    return sum(items.map(({ price, quantity }) => multiply(price, quantity)));
  } catch {
    return null;
  }
}
