import { randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * The secret in `file`, made by `make` and stored (mode 0600) when there is none yet. Two processes that ask at the
 * same time get the same one: the file appears whole, and only once.
 */
export function keptSecret(file: string, make: () => string): string {
  return read(file) ?? store(file, make());
}

/** `bytes` random bytes, in the letters that a URL takes as they are. */
export function randomSecret(bytes: number): string {
  return randomBytes(bytes).toString('base64url');
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim() || undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function store(file: string, secret: string): string {
  mkdirSync(dirname(dirname(file)), { recursive: true });
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const draft = `${file}.${randomSecret(6)}`;
  writeFileSync(draft, `${secret}\n`, { mode: 0o600, flag: 'wx' });
  try {
    linkSync(draft, file);
    return secret;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return readFileSync(file, 'utf8').trim();
  } finally {
    unlinkSync(draft);
  }
}
