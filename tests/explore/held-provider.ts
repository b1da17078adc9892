import type { Charge, ChargeOutcome, PaymentProvider, Refund } from '@shop/payments/clients/payment-provider';

/** A provider whose charges can be held: the call has been made, and its answer waits to be let through. */
export class HeldProvider implements PaymentProvider {
  private onCall: (() => Promise<void>) | undefined;

  constructor(private readonly provider: PaymentProvider) {}

  get name(): string {
    return this.provider.name;
  }

  /** The next charge calls `onCall` first, and goes through when that resolves, or fails as that does. */
  holdNext(onCall: () => Promise<void>): void {
    this.onCall = onCall;
  }

  async charge(charge: Charge): Promise<ChargeOutcome> {
    const onCall = this.onCall;
    this.onCall = undefined;
    await onCall?.();
    return this.provider.charge(charge);
  }

  refund(refund: Refund): Promise<void> {
    return this.provider.refund(refund);
  }

  outcomeOf(key: string): Promise<ChargeOutcome | null> {
    return this.provider.outcomeOf(key);
  }
}
