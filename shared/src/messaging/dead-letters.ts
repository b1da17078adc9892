import { createHash } from 'node:crypto';

/** A message that its consumer could not, and no retry can, handle. */
export interface DeadLetter {
  /** Names this letter; the same however often one looks. */
  readonly id: string;
  /** The queue whose consumer gave it up, and to which a replay takes it. */
  readonly queue: string;
  readonly service: string;
  readonly reason: string;
  /** How often it had been tried. */
  readonly attempts: number;
  /** When it was given up. */
  readonly diedAt: Date;
  readonly messageId: string;
  readonly correlationId: string;
  /** The routing key. */
  readonly type: string;
  /** The body as it arrived. */
  readonly text: string;
}

export type Wanted = (letter: DeadLetter) => boolean;

/** The dead letters of every queue. What is not asked to go stays where it is. */
export interface DeadLetters {
  /** Oldest first, at most `limit` of a queue. */
  list(limit: number): Promise<DeadLetter[]>;
  /**
   * Takes letters back to their consumers' queues, as at their first attempt, says so of each, and resolves to those. A crash in between
   * may leave one in both places: consumers do by business key what they do, so that doing it again does nothing.
   */
  replay(wanted: Wanted, onReplayed?: (letter: DeadLetter) => void): Promise<DeadLetter[]>;
  /** Forgets letters for good, and resolves to those. */
  drop(wanted: Wanted): Promise<DeadLetter[]>;
}

/** One message may die in several queues; in one queue its message id names it. */
export function letterId(queue: string, messageId: string): string {
  return createHash('sha256').update(`${queue}\n${messageId}`).digest('hex').slice(0, 12);
}
