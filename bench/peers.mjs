// Installs what the shop is measured beside: by its own lock file, apart from the shop's.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { npm } from '../scripts/launch/npm.mjs';
import { say, sayingProgress } from '../scripts/launch/say.mjs';

/** The folder of a peer, installed as its lock file says. */
export async function installedPeer(name) {
  const folder = join(import.meta.dirname, 'peers', name);
  const lock = readFileSync(join(folder, 'package-lock.json'), 'utf8');
  const stamp = join(folder, 'node_modules', '.stamp');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return folder;
  say(`Installing what the ${name} is measured beside ...`);
  await sayingProgress('Installing it', npm(['ci'], folder));
  writeFileSync(stamp, lock);
  return folder;
}
