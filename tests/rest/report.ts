import { appendFileSync } from 'node:fs';

/** Keeps a line of figures for `npm run fuzz` and `npm run loop`, which say them at their end; tests print nothing. */
export function report(line: string): void {
  const file = process.env['TEST_REPORT'];
  if (file) appendFileSync(file, `${line}\n`);
}
