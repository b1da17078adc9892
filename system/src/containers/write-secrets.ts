import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Environment } from '../environment.js';
import { containerSecrets } from './container-files.js';

/**
 * Writes each container's secrets into its folder below `root`, where `kept` keeps them.
 * @throws one sentence, and has written nothing, where passwords are given that can't be used, or are others than at the first
 * start: the servers' data would not know them
 */
export function writeSecrets(root: string, given: Environment): void {
  const { files, objection } = containerSecrets(join(root, 'kept'), given);
  if (objection !== undefined) throw new Error(objection);
  for (const [name, content] of Object.entries(files)) write(join(root, name), content);
}

/** Readable for whatever user reads it: no other container has this folder. */
function write(folder: string, content: Readonly<Record<string, string>>): void {
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(content)) writeFileSync(join(folder, name), text, { mode: 0o644 });
}
