import { createHash } from 'node:crypto';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { npm } from './npm.mjs';
import { say, sayingProgress } from './say.mjs';

/**
 * Installs the dependencies when they are missing or other than the lock file says. A stamp in node_modules holds the
 * lock file's hash and the platform, so with everything in place this costs a few ms.
 */
export async function installDependencies(root) {
  const wanted = stampOf(root);
  if (read(join(root, 'node_modules', '.stamp')) === wanted) return;
  if (!installedByHand(root)) {
    const first = read(join(root, 'node_modules', '.package-lock.json')) === undefined;
    say(first ? 'Installing the dependencies ...' : 'The lock file has changed; installing the dependencies ...');
    await sayingProgress('Installing the dependencies', npm(['ci', '--include=dev'], root));
  }
  writeFileSync(join(root, 'node_modules', '.stamp'), wanted);
}

/** npm writes node_modules/.package-lock.json at the end of every install: not older than the lock file, it is that one. */
function installedByHand(root) {
  const installed = modified(join(root, 'node_modules', '.package-lock.json'));
  return installed !== undefined && installed >= modified(join(root, 'package-lock.json'));
}

function stampOf(root) {
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  return `${lock} ${process.platform} ${process.arch}`;
}

function modified(file) {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs;
}

function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
