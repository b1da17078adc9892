import type { Outcome } from '../answer.js';
import type { Caller } from './rules.js';

/** One question of the matrix, and what was answered. */
export interface Cell {
  readonly caller: Caller;
  /** The door, in words: `_entities at payments`. */
  readonly at: string;
  /** What was asked there, in words. */
  readonly by: string;
  /** The entries of the table that have a say in it, in the order in which they have it. */
  readonly entries: readonly string[];
  /** What the door answers where it is granted, hidden, refused or forbidden; one of them. */
  readonly answers: Readonly<Record<'granted' | 'hidden' | 'refused' | 'forbidden', readonly Outcome[]>>;
  /** What the door answers whatever the table says. */
  readonly always?: Outcome;
  readonly outcome: Outcome;
  /** What of the owner's was in the answer, if anything was. */
  readonly leaked: string | null;
}
