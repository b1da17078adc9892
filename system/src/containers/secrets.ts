import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { containerSecrets } from './container-files.js';

/**
 * The first container: makes the secrets of a shop in containers once, and writes each container's into the folder that it
 * alone is given of `/secrets`. With `show` it only says what somebody on this machine needs. Passwords that are given, but are
 * not what the shop was first started with, are refused: whoever shows, sees what works.
 */
const root = process.env['SECRETS_FOLDER'] || '/secrets';

try {
  const { files, toShow, objection } = containerSecrets(join(root, 'kept'), process.env);
  const shown = process.argv[2] === 'show';
  if (shown) process.stdout.write(toShow);
  if (objection !== undefined && shown) process.stderr.write(`${objection}\n`);
  else if (objection !== undefined) throw new Error(objection);
  else if (!shown) for (const [name, content] of Object.entries(files)) write(join(root, name), content);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

/** Readable for whatever user reads it: no other container has this folder. */
function write(folder: string, content: Readonly<Record<string, string>>): void {
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(content)) writeFileSync(join(folder, name), text, { mode: 0o644 });
}
