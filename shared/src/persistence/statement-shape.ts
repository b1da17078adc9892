const MAX_LENGTH = 2_000;

/** Texts in quotes, dollar quotes or none, numbers, and the places of values; identifiers in double quotes stay. */
const LITERAL = /"[^"]*"|\$\d+|\$(\w*)\$[\s\S]*?\$\1\$|'(?:[^']|'')*'?|(?<![\w$"])\d[\d.]*(?:e[+-]?\d+)?/gi;

/** A statement without what it is about: every value that stands in its text becomes a question mark. */
export function statementShape(sql: string): string {
  const shape = sql.replace(LITERAL, (literal) => (literal.startsWith('"') ? literal : '?'));
  const line = shape
    .replace(/\s+/g, ' ')
    .replace(/\?(?:, ?\?)+/g, '?')
    .trim();
  return line.length > MAX_LENGTH ? `${line.slice(0, MAX_LENGTH)}...` : line;
}
