import { shown } from '@shop/shared/money/amount';
import type { Letter, LetterItem } from './letter.js';
import { moneyText } from './money-text.js';
import { plainLine } from './plain-line.js';

/** What orders says of one product in an order; the price is for one, in minor units. */
export interface OrderedItem {
  readonly name: string;
  readonly quantity: number;
  readonly price: number;
}

interface Money {
  /** In minor units. */
  readonly amount: number;
  /** ISO 4217. */
  readonly currency: string;
}

export type CancellationReason = 'OUT_OF_STOCK' | 'PAYMENT_DECLINED' | 'CANCELLED_BY_CUSTOMER' | 'TIMED_OUT';

const MAX_NAME = 120;
/** A mail stays of a size that every server takes. */
const MAX_ITEMS = 100;

/** Stock is reserved and the payment taken. */
export function confirmationLetter(orderUuid: string, items: readonly OrderedItem[], total: Money): Letter {
  const cost = moneyText(total.amount, total.currency);
  return {
    subject: `Order ${shortName(orderUuid)} is confirmed`,
    heading: 'Thank you for your order',
    paragraphs: [`We have received your payment of ${cost}, and everything you ordered is set aside for you.`],
    items: listed(items, (price) => moneyText(price, total.currency)),
    total: { label: 'Total', amount: cost },
    closing: closing(orderUuid),
  };
}

/** An order that is cancelled: why, and what was in it. Whether there is anything to refund, payments knows. */
export function cancellationLetter(
  orderUuid: string,
  items: readonly OrderedItem[],
  reason: CancellationReason,
): Letter {
  const { inShort, inFull } = reasons[reason];
  return {
    subject: `Order ${shortName(orderUuid)} was cancelled${inShort}`,
    heading: 'Your order was cancelled',
    paragraphs: [inFull, 'If anything was charged for it, you get it back, and another mail says so.'],
    items: listed(items, () => null),
    total: null,
    closing: closing(orderUuid),
  };
}

/** The payment of a cancelled order went back. */
export function refundLetter(orderUuid: string, money: Money): Letter {
  const amount = moneyText(money.amount, money.currency);
  return {
    subject: `${amount} was refunded for order ${shortName(orderUuid)}`,
    heading: 'Your money is on its way back',
    paragraphs: [
      'Your order was cancelled after you had paid for it. The whole payment goes back to where it came from.',
    ],
    items: [],
    total: { label: 'Refunded', amount },
    closing: closing(orderUuid),
  };
}

const reasons: Readonly<Record<CancellationReason, { readonly inShort: string; readonly inFull: string }>> = {
  OUT_OF_STOCK: {
    inShort: ': out of stock',
    inFull: 'We are sorry: something in your order was sold out before we could set it aside for you.',
  },
  PAYMENT_DECLINED: { inShort: ': payment declined', inFull: 'We are sorry: your payment was declined.' },
  CANCELLED_BY_CUSTOMER: { inShort: ' as you asked', inFull: 'You cancelled it, and so it is.' },
  TIMED_OUT: {
    inShort: ': it took too long',
    inFull: 'We are sorry: we could not complete your order in time. Nothing keeps you from ordering again.',
  },
};

function listed(items: readonly OrderedItem[], cost: (amount: number) => string | null): LetterItem[] {
  const all = items.slice(0, MAX_ITEMS).map(({ name, quantity, price }) => ({
    name: plainLine(name, MAX_NAME),
    quantity,
    amount: cost(shown(price * quantity)),
  }));
  const left = items.length - all.length;
  return left > 0 ? [...all, { name: 'further products', quantity: left, amount: null }] : all;
}

/** Eight digits of its uuid tell a person's orders apart. */
const shortName = (orderUuid: string) => orderUuid.slice(0, 8).toUpperCase();

const closing = (orderUuid: string) => `Order ${orderUuid.toLowerCase()}`;
