/** What stands for a NUL, and for half a surrogate pair: U+FFFD (Unicode Standard, section 5.22). */
const REPLACEMENT = '\ufffd';

/** A text as it can be kept: what PostgreSQL, JSON and UTF-8 can't carry is replaced, never the whole text refused. */
export function storable(text: string): string {
  return text.toWellFormed().replaceAll('\0', REPLACEMENT);
}

/**
 * A storable text of at most `most` UTF-16 units and the mark that says how many more there were:
 * `the beginning… [+1234]`.
 */
export function boundedText(text: string, most: number): string {
  if (text.length <= most) return storable(text);
  // Never between the halves of a character.
  const end = isHighSurrogate(text.charCodeAt(most - 1)) ? most - 1 : most;
  return `${storable(text.slice(0, end))}… [+${text.length - end}]`;
}

const isHighSurrogate = (unit: number) => unit >= 0xd800 && unit <= 0xdbff;
