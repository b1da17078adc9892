import { appendFileSync } from 'node:fs';

/** Keeps a line of figures for `npm run fuzz`, `loop` and `equivalence`, which say them at their end; tests print nothing. */
export function report(line: string): void {
  const file = process.env['TEST_REPORT'];
  if (file) appendFileSync(file, `${line}\n`);
}
