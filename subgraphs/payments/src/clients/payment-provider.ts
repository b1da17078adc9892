/** What a provider is asked to take, or to give back. */
export interface Charge {
  /** The idempotency key: the same key is one movement of money, however often it is asked for. */
  readonly key: string;
  /** In minor units. */
  readonly amount: number;
  /** ISO 4217. */
  readonly currency: string;
}

export interface Refund extends Charge {
  /** The key of the charge that goes back. */
  readonly chargeKey: string;
}

export type ChargeOutcome = { readonly type: 'charged' } | { readonly type: 'declined'; readonly reason: string };

/**
 * Who moves the money. A call that rejects has an unknown outcome: it may have happened, and is asked again under the
 * same key.
 */
export interface PaymentProvider {
  /** As payments show it. */
  readonly name: string;
  charge(charge: Charge): Promise<ChargeOutcome>;
  /** Resolves when the money went back. */
  refund(refund: Refund): Promise<void>;
  /** What became of a charge, null when the provider knows nothing of it yet. */
  outcomeOf(key: string): Promise<ChargeOutcome | null>;
}
