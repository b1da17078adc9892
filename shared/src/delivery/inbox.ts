import { noteDuplicate } from './handling.js';
import type { EntityManager } from '../persistence/database.js';

/** A message as its consumer knows it. */
export interface Received {
  readonly messageId: string;
  /** The queue it came by. */
  readonly consumer: string;
}

/**
 * Notes a message in the caller's transaction. False when it had been handled before: then there is nothing to do. It
 * saves work only; what must not happen twice is guarded by business keys.
 */
export async function acceptOnce(em: EntityManager, message: Received): Promise<boolean> {
  const rows = await em.execute(
    'insert into inbox (message_id, consumer) values (?, ?) on conflict do nothing returning message_id',
    [message.messageId, message.consumer],
  );
  if (rows.length === 0) noteDuplicate();
  return rows.length > 0;
}
