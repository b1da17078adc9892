import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { containerSecrets } from './container-files.js';

/**
 * The first container: makes the secrets of a shop in containers once, and writes each container's into the folder that it
 * alone is given of `/secrets`. With `show` it only says what somebody on this machine needs.
 */
const root = process.env['SECRETS_FOLDER'] || '/secrets';

try {
  const { files, toShow } = containerSecrets(join(root, 'kept'), process.env);
  if (process.argv[2] === 'show') process.stdout.write(toShow);
  else for (const [name, content] of Object.entries(files)) write(join(root, name), content);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

/** Readable for whatever user reads it: no other container has this folder. */
function write(folder: string, content: Readonly<Record<string, string>>): void {
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(content)) writeFileSync(join(folder, name), text, { mode: 0o644 });
}
