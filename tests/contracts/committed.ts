import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { format } from 'prettier';

/**
 * A file below docs/contracts holds this, for others to compare with. `npm run contracts` writes it.
 * @throws when it holds something else
 */
export async function expectCommitted(file: string, content: unknown): Promise<void> {
  const text = await format(JSON.stringify(content), { filepath: file, printWidth: 120 });
  if (process.env['TEST_WRITE']) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  if (readFileSync(file, 'utf8') !== text) throw new Error(`${file} is not up to date: npm run contracts writes it`);
}
