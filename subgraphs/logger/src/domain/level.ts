export const levels = ['debug', 'info', 'warn', 'error'] as const;
export type Level = (typeof levels)[number];

/** What other loggers call them. Between two of ours it is the graver one, so that nothing looks more harmless than it is. */
const names: Readonly<Record<string, Level>> = {
  trace: 'debug',
  debug: 'debug',
  info: 'info',
  notice: 'info',
  warn: 'warn',
  warning: 'warn',
  error: 'error',
  critical: 'error',
  fatal: 'error',
  panic: 'error',
};

/** The level that a word means, in any case; null for a word that means none. */
export function levelNamed(word: string): Level | null {
  const name = word.toLowerCase();
  return Object.hasOwn(names, name) ? (names[name] ?? null) : null;
}
