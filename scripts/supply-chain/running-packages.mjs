import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = 'node_modules/';

/**
 * Every package of the lock file that is not for development alone, with its licence, those for other platforms included;
 * one that is there in the same version more than once counts once.
 * @returns {{name: string, version: string, licence?: string}[]} by name
 */
export function runningPackages(root) {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  const running = Object.entries(packages).filter(([path, { dev, link }]) => path.includes(FOLDER) && !dev && !link);
  const found = running.map(([path, entry]) => ({
    name: entry.name ?? path.slice(path.lastIndexOf(FOLDER) + FOLDER.length),
    version: entry.version,
    licence: entry.license ?? licenceOf(join(root, path, 'package.json')),
  }));
  const each = new Map(found.map((one) => [`${one.name} ${one.version}`, one]));
  return [...each.keys()].toSorted().map((key) => each.get(key));
}

/** As packages of before 2015 name theirs, which npm does not bring into the lock file. */
function licenceOf(file) {
  if (!existsSync(file)) return undefined;
  const { license, licenses } = JSON.parse(readFileSync(file, 'utf8'));
  const [first] = [license ?? licenses ?? []].flat();
  return first?.type ?? first;
}
