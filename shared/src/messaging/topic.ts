/** Whether a topic exchange would route this key by this pattern: `*` is one word, `#` any number of words, none too. */
export function topicMatches(pattern: string, key: string): boolean {
  return wordsMatch(pattern.split('.'), key === '' ? [] : key.split('.'));
}

function wordsMatch([head, ...pattern]: readonly string[], words: readonly string[]): boolean {
  if (head === undefined) return words.length === 0;
  if (head === '#') return words.some((_, index) => wordsMatch(pattern, words.slice(index))) || wordsMatch(pattern, []);
  const [word, ...rest] = words;
  return word !== undefined && (head === '*' || head === word) && wordsMatch(pattern, rest);
}
