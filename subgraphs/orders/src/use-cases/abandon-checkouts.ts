import { checkoutAbandoned } from '@shop/shared/contracts/order-events';
import type { Transactions, Tx } from '@shop/shared/delivery/transactions';
import type { Intent } from '../domain/intent.js';
import type { IntentStore } from '../persistence/intent.store.js';

/** Ends an intent that came to nothing: its key is free, and cart gives the items back. It must be locked. */
export async function abandonCheckout({ em, outbox }: Tx, intents: IntentStore, intent: Intent): Promise<void> {
  await intents.close(em, intent.uuid, 'ended');
  outbox.publish(checkoutAbandoned, intent.uuid, { order_uuid: intent.uuid, user_id: intent.userId });
}

/** Ends the intents that stayed open for too long; it never resumes one. */
export class AbandonCheckouts {
  constructor(
    private readonly transactions: Transactions,
    private readonly intents: IntentStore,
  ) {}

  /** Every open intent of `limit` or before, one transaction each. Intents that somebody is settling are passed over. */
  async run(limit: Date): Promise<void> {
    while (await this.transactions.run((tx) => this.one(tx, limit)));
  }

  private async one(tx: Tx, limit: Date): Promise<boolean> {
    const intent = await this.intents.lockOverdue(tx.em, limit);
    if (intent) await abandonCheckout(tx, this.intents, intent);
    return intent !== null;
  }
}
