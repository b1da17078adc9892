import { isStorable } from './storable.js';

/** How long a text may be, in characters (code points), and what it is called in the sentence that says so. */
export interface TextBounds {
  readonly name: string;
  readonly least: number;
  readonly most: number;
  /** Whether blanks at either end count towards the least; they do unless told. */
  readonly blanksCount?: boolean;
  /** Whether the text itself is kept; it is unless told. What only its hash is kept of may have what no database takes. */
  readonly kept?: boolean;
}

/** What is wrong with a text that a client sent, in one sentence; null when nothing is. */
export function faultOfText(
  text: string,
  { name, least, most, blanksCount = true, kept = true }: TextBounds,
): string | null {
  if (!kept && !text.isWellFormed()) return `${name} must not contain half a surrogate pair`;
  if (kept && !isStorable(text)) return `${name} must contain neither NUL nor half a surrogate pair`;
  const counted = blanksCount ? text : text.trim();
  if (lengthOf(counted) >= least && lengthOf(text) <= most) return null;
  return least === 0 ? `${name} must be at most ${most} characters` : `${name} must be ${least} to ${most} characters`;
}

const lengthOf = (text: string): number => [...text].length;
