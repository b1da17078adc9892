import type { Charge, ChargeOutcome, PaymentProvider, Refund } from './payment-provider.js';

/** A provider whose calls reject after a time; they may still take effect. */
export class TimedProvider implements PaymentProvider {
  constructor(
    private readonly provider: PaymentProvider,
    private readonly timeoutMs: number,
  ) {}

  get name(): string {
    return this.provider.name;
  }

  charge(charge: Charge): Promise<ChargeOutcome> {
    return this.inTime(this.provider.charge(charge));
  }

  refund(refund: Refund): Promise<void> {
    return this.inTime(this.provider.refund(refund));
  }

  outcomeOf(key: string): Promise<ChargeOutcome | null> {
    return this.inTime(this.provider.outcomeOf(key));
  }

  private async inTime<Result>(answer: Promise<Result>): Promise<Result> {
    let timer: NodeJS.Timeout | undefined;
    const tooLate = new Promise<never>((_resolve, reject) => {
      const give = () => reject(new Error(`the payment provider did not answer within ${this.timeoutMs} ms`));
      timer = setTimeout(give, this.timeoutMs);
    });
    try {
      return await Promise.race([answer, tooLate]);
    } finally {
      clearTimeout(timer);
    }
  }
}
