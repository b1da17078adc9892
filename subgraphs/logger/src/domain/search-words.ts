/** The longest part of a word that tells it from others, in characters. */
const LONGEST = 64;
/** So many words of an entry's message can be found, at most, and as many of its fields. */
const MOST = 500;

/**
 * The words of a text as they are found: runs of letters and digits, in lower case and without diacritics, so that
 * "ca phe" finds "Cà phê". Each once, in the order of the text.
 */
export function searchWords(text: string): string[] {
  // Without marks before it is decomposed too: many in a row are put in order in time by the square of their number.
  const plain = unmarked(unmarked(text).normalize('NFKD')).toLowerCase().replaceAll('đ', 'd');
  const words = new Set<string>();
  for (const [word] of plain.matchAll(/[\p{L}\p{N}]+/gu)) {
    words.add(word.length <= LONGEST ? word : [...word].slice(0, LONGEST).join(''));
    if (words.size === MOST) break;
  }
  return [...words];
}

const unmarked = (text: string): string => text.replace(/\p{M}/gu, '');

/**
 * The words under which an entry is found: those of its message, and of the values, not the names, of its fields. Of the
 * values the short ones come first: an id is never crowded out by a long text.
 */
export function wordsOf(message: string, fields: unknown): string[] {
  const values = valuesIn(fields).toSorted((a, b) => a.length - b.length);
  return [...new Set([...searchWords(message), ...searchWords(values.join('\n'))])];
}

function valuesIn(value: unknown): string[] {
  if (typeof value === 'object' && value !== null) return Object.values(value).flatMap(valuesIn);
  return value === null || value === undefined ? [] : [String(value)];
}
