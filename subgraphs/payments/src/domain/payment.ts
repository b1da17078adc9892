/** What is known of the payment of one order. */
export type Payment =
  /** Nothing yet: the row was made a moment ago, in this transaction. */
  | { readonly status: 'NEW' }
  /** Cancelled before it was requested: it never becomes a payment. */
  | { readonly status: 'TOMBSTONE' }
  /** Requested; the provider's answer is not known. Cancelled meanwhile: what it takes goes back. */
  | { readonly status: 'PENDING'; readonly cancelled: boolean }
  /** Taken. Cancelled: the refund is due. */
  | { readonly status: 'SUCCEEDED'; readonly cancelled: boolean }
  | { readonly status: 'FAILED'; readonly reason: string }
  | { readonly status: 'REFUNDED' };

/** A payment that was asked for; a tombstone is none. */
export type RequestedPayment = Exclude<Payment, { status: 'NEW' | 'TOMBSTONE' }>;

/** What the provider answered. */
export type ProviderAnswer =
  { readonly type: 'charged' } | { readonly type: 'declined'; readonly reason: string } | { readonly type: 'refunded' };

/** What happened: the saga's words, and the provider's answers. */
export type Happening = { readonly type: 'requested' } | { readonly type: 'cancelled' } | ProviderAnswer;

/** The event by which the other services learn of it. */
export type Announcement = 'order.paid' | 'payment.failed' | 'payment.refunded';

export interface Decision {
  readonly payment: Payment;
  readonly announce?: Announcement;
}

/** The provider answered what it can't have answered: a fault, never a state. */
export class ImpossibleAnswer extends Error {
  override readonly name = 'ImpossibleAnswer';
  constructor(payment: Payment, happening: Happening) {
    super(`a payment that is ${payment.status} can't be ${happening.type}`);
  }
}

/** What becomes of a payment. Whatever is said twice changes nothing the second time. */
export function decide(payment: Payment, happening: Happening): Decision {
  switch (happening.type) {
    case 'requested':
      return { payment: payment.status === 'NEW' ? { status: 'PENDING', cancelled: false } : payment };
    case 'cancelled':
      return { payment: cancel(payment) };
    case 'charged':
    case 'declined':
      return settle(payment, happening);
    case 'refunded':
      return refund(payment, happening);
  }
}

/** What the provider has to be asked for next; null when nothing is open. */
export function due(payment: Payment): 'charge' | 'refund' | null {
  switch (payment.status) {
    case 'PENDING':
      return 'charge';
    case 'SUCCEEDED':
      return payment.cancelled ? 'refund' : null;
    case 'NEW':
    case 'TOMBSTONE':
    case 'FAILED':
    case 'REFUNDED':
      return null;
  }
}

function cancel(payment: Payment): Payment {
  switch (payment.status) {
    case 'NEW':
      return { status: 'TOMBSTONE' };
    case 'PENDING':
    case 'SUCCEEDED':
      return { ...payment, cancelled: true };
    case 'TOMBSTONE':
    case 'FAILED':
    case 'REFUNDED':
      return payment;
  }
}

/** The answer to a charge. Of an order that was cancelled meanwhile only the refund is announced, if there is one. */
function settle(payment: Payment, answer: Exclude<ProviderAnswer, { type: 'refunded' }>): Decision {
  const charged = answer.type === 'charged';
  switch (payment.status) {
    case 'PENDING': {
      const next: Payment = charged
        ? { status: 'SUCCEEDED', cancelled: payment.cancelled }
        : { status: 'FAILED', reason: answer.reason };
      if (payment.cancelled) return { payment: next };
      return { payment: next, announce: charged ? 'order.paid' : 'payment.failed' };
    }
    case 'SUCCEEDED':
    case 'REFUNDED':
      if (charged) return { payment };
      throw new ImpossibleAnswer(payment, answer);
    case 'FAILED':
      if (!charged) return { payment };
      throw new ImpossibleAnswer(payment, answer);
    case 'NEW':
    case 'TOMBSTONE':
      throw new ImpossibleAnswer(payment, answer);
  }
}

function refund(payment: Payment, answer: Happening): Decision {
  if (payment.status === 'REFUNDED') return { payment };
  if (due(payment) !== 'refund') throw new ImpossibleAnswer(payment, answer);
  return { payment: { status: 'REFUNDED' }, announce: 'payment.refunded' };
}
