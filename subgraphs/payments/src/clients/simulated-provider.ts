import { setTimeout as pause } from 'node:timers/promises';
import type { Charge, ChargeOutcome, PaymentProvider, Refund } from './payment-provider.js';
import type { Database } from '@shop/shared/persistence/database';
import { rowsOf, writtenBy } from '@shop/shared/persistence/statements';

interface SimulatedProviderOptions {
  readonly declineAbove: number;
  readonly latencyMs: number;
}

/** The total that is always declined (the REST contract's "payments"). */
const DECLINED_AMOUNT = 6_666;

interface LedgerRow {
  readonly outcome: 'charged' | 'declined';
  readonly reason: string | null;
}

/**
 * A provider that only keeps a ledger. Each of its writes is one statement, committed at once on a connection of its
 * own, whatever becomes of the caller's transaction: as it would be with a provider elsewhere.
 */
export class SimulatedProvider implements PaymentProvider {
  readonly name = 'simulated';

  constructor(
    private readonly database: Database,
    private readonly options: SimulatedProviderOptions,
  ) {}

  async charge({ key, amount, currency }: Charge): Promise<ChargeOutcome> {
    if (this.options.latencyMs > 0) await pause(this.options.latencyMs);
    const reason = this.reasonToDecline(amount);
    const [made] = await rowsOf<LedgerRow>(
      this.database,
      `insert into provider_ledger (key, kind, amount, currency, outcome, reason) values (?, 'charge', ?, ?, ?, ?)
       on conflict (key) do nothing returning outcome, reason`,
      [key, amount, currency, reason === null ? 'charged' : 'declined', reason],
    );
    const outcome = made ? outcomeIn(made) : await this.outcomeOf(key);
    if (!outcome) throw new Error('the ledger lost a charge');
    return outcome;
  }

  async refund({ key, chargeKey, amount, currency }: Refund): Promise<void> {
    const charged = await this.outcomeOf(chargeKey);
    if (charged?.type !== 'charged') throw new Error('the provider took nothing under this key');
    await writtenBy(
      this.database,
      `insert into provider_ledger (key, kind, amount, currency, outcome) values (?, 'refund', ?, ?, 'refunded')
       on conflict (key) do nothing`,
      [key, amount, currency],
    );
  }

  async outcomeOf(key: string): Promise<ChargeOutcome | null> {
    const [row] = await rowsOf<LedgerRow>(
      this.database,
      `select outcome, reason from provider_ledger where key = ? and kind = 'charge'`,
      [key],
    );
    return row ? outcomeIn(row) : null;
  }

  private reasonToDecline(amount: number): string | null {
    if (amount === DECLINED_AMOUNT) return 'the card was declined';
    return amount > this.options.declineAbove ? 'the amount is above the limit' : null;
  }
}

function outcomeIn({ outcome, reason }: LedgerRow): ChargeOutcome {
  return outcome === 'charged' ? { type: 'charged' } : { type: 'declined', reason: reason ?? 'declined' };
}
