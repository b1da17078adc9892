import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { canReach, lastingPlaces, postgresUser, reachableFolder } from './postgres-user.js';
import type { Say } from './say.js';

/**
 * The folder that PostgreSQL keeps its data in: below `dataFolder`, unless it runs in another user's name and that user
 * can't get there. Then it is one outside, whose path `dataFolder` remembers.
 */
export function postgresFolder(dataFolder: string, say: Say): string {
  const user = postgresUser();
  const note = join(dataFolder, 'postgres-folder');
  const remembered = existsSync(note) ? readFileSync(note, 'utf8').trim() : '';
  if (remembered && existsSync(remembered)) return remembered;
  mkdirSync(dataFolder, { recursive: true });
  const usual = join(dataFolder, 'postgres');
  if (canReach(user, dataFolder)) return usual;
  const outside = reachableFolder(user, 'shop-data', lastingPlaces);
  say(`PostgreSQL runs as user ${user?.uid}, who can't reach ${dataFolder}; its data will be in ${outside}.`);
  writeFileSync(note, `${outside}\n`);
  return outside;
}
