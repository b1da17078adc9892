import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * The folders of those packages, and of everything that they depend on, as Node would find them from `from`: where each is,
 * by the place below node_modules that it has in an image.
 * @param {string} from a folder that has them in reach
 * @param {readonly string[]} names
 * @returns {Map<string, string>}
 * @throws when one is not installed, or two versions of one would need the same place
 */
export function packagesWithDependencies(from, names) {
  const found = new Map();
  const visit = (name, asker, optional) => {
    const folder = installed(name, asker);
    if (folder === undefined) {
      if (optional) return;
      throw new Error(`${name}, which ${asker} needs, is not installed.`);
    }
    const place = folder.slice(folder.indexOf('node_modules/') + 'node_modules/'.length);
    if (found.get(place) === folder) return;
    if (found.has(place)) throw new Error(`${folder} and ${found.get(place)} would need the same place in an image.`);
    found.set(place, folder);
    const { dependencies = {}, optionalDependencies = {}, peerDependencies = {} } = manifest(folder);
    for (const other of Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies }))
      if (!other.startsWith('@types/')) visit(other, folder, !(other in dependencies) || other in optionalDependencies);
  };
  for (const name of names) visit(name, from, false);
  return found;
}

/** The nearest node_modules that has it, from there upwards. */
function installed(name, from) {
  for (let folder = from; ; folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', name);
    if (existsSync(join(candidate, 'package.json'))) return candidate;
    if (folder === dirname(folder)) return undefined;
  }
}

function manifest(folder) {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
}
