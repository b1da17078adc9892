/** Line breaks and other controls, and the marks that turn the direction of what follows them (Unicode Annex 9). */
const NOT_TEXT = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\s]+/gu;

/** Somebody else's words as one line of at most `limit` characters, which can't pass for more than that line. */
export function plainLine(text: string, limit: number): string {
  const line = text.replace(NOT_TEXT, ' ').trim();
  // By code points, so that no pair of surrogates is cut in two.
  const characters = Array.from(line.slice(0, 2 * limit + 2));
  if (characters.length <= limit) return line;
  const kept = characters.slice(0, limit - 1).join('');
  return `${kept.trimEnd()}…`;
}
