import type { Database, EntityManager } from '@shop/shared/persistence/database';
import { rowsOf, withNext } from '@shop/shared/persistence/statements';
import type { Intent } from '../domain/intent.js';

interface IntentRow {
  readonly uuid: string;
  readonly user_id: string;
  readonly email: string;
  readonly shipping_address: string | null;
  readonly state: Intent['state'];
}

const COLUMNS = 'uuid, user_id, email, shipping_address, state';

/** Keeps the intents of checkouts. */
export class IntentStore {
  constructor(private readonly database: Database) {}

  /**
   * Commits a new intent, or finds the one that holds the same user's key. An intent that ended holds no key any more.
   */
  async claim(intent: Intent, idempotencyKey: string | null, now: Date): Promise<Intent> {
    for (;;) {
      const [created] = await rowsOf<IntentRow>(
        this.database,
        `insert into intents (uuid, user_id, email, shipping_address, idempotency_key, created_at)
         values (?, ?, ?, ?, ?, ?)
         on conflict (user_id, idempotency_key) where state <> 'ended' do nothing returning ${COLUMNS}`,
        [intent.uuid, intent.userId, intent.email, intent.shippingAddress, idempotencyKey, now],
      );
      if (created) return toIntent(created);
      const [held] = await rowsOf<IntentRow>(
        this.database,
        `select ${COLUMNS} from intents where user_id = ? and idempotency_key = ? and state <> 'ended'`,
        [intent.userId, idempotencyKey],
      );
      // Neither created nor found: the other one ended in between and the key is free.
      if (held) return toIntent(held);
    }
  }

  /** An intent that exists, locked until the transaction ends. */
  async lock(em: EntityManager, uuid: string): Promise<Intent> {
    const [row] = await rowsOf<IntentRow>(em, `select ${COLUMNS} from intents where uuid = ? for update`, [uuid]);
    if (!row) throw new Error(`there is no intent ${uuid}`);
    return toIntent(row);
  }

  /** An open intent of `limit` or before, locked; null when nobody else leaves one. */
  async lockOverdue(em: EntityManager, limit: Date): Promise<Intent | null> {
    const [row] = await rowsOf<IntentRow>(
      em,
      `select ${COLUMNS} from intents where state = 'open' and created_at <= ?
       order by created_at limit 1 for update skip locked`,
      [limit],
    );
    return row ? toIntent(row) : null;
  }

  async close(em: EntityManager, uuid: string, state: 'placed' | 'ended'): Promise<void> {
    await withNext(em, 'update intents set state = ? where uuid = ?', [state, uuid]);
  }
}

function toIntent(row: IntentRow): Intent {
  const { uuid, email, state } = row;
  return { uuid, userId: Number(row.user_id), email, shippingAddress: row.shipping_address, state };
}
