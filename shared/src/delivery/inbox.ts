import { noteDuplicate } from './handling.js';
import type { EntityManager } from '../persistence/database.js';
import { isViolationOf } from '../persistence/sql-state.js';
import { withNext, writtenBy } from '../persistence/statements.js';

/** A message as its consumer knows it. */
export interface Received {
  readonly messageId: string;
  /** The queue it came by. */
  readonly consumer: string;
}

const INSERT = 'insert into inbox (message_id, consumer) values (?, ?)';

/**
 * Notes a message at the beginning of the transaction that handles it. If it had been handled before, what comes next in
 * that transaction fails with what `isHandledBefore` knows. It saves work only; what must not happen twice is guarded by
 * business keys.
 */
export async function acceptOnce(em: EntityManager, { messageId, consumer }: Received): Promise<void> {
  await withNext(em, INSERT, [messageId, consumer]);
}

/** Whether a transaction failed because its message had been handled before. */
export const isHandledBefore = (error: unknown): boolean => isViolationOf(error, 'inbox_pkey');

/** Notes a message that gave its transaction nothing to do: it counts as a duplicate if it had been handled before. */
export async function noteIdle(em: EntityManager, { messageId, consumer }: Received): Promise<void> {
  const written = await writtenBy(em, `${INSERT} on conflict do nothing`, [messageId, consumer]);
  if (written === 0) noteDuplicate();
}

/** Notes a message in a transaction that has done its work by other keys, whether or not the message had been handled before. */
export async function noteHandled(em: EntityManager, { messageId, consumer }: Received): Promise<void> {
  await withNext(em, `${INSERT} on conflict do nothing`, [messageId, consumer]);
}
