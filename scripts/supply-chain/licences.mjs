import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { say } from '../launch/say.mjs';
import { allowed, isAllowed } from './allowed-licences.mjs';
import { runningPackages } from './running-packages.mjs';

const DOCUMENT = 'docs/licences.md';

/**
 * `npm run licences`: writes the licence of every package that runs into docs/licences.md; with `--check` says whether it is
 * up to date. Fails on a package whose licence is not on the list of those that are allowed.
 */
export function licences(root, args) {
  const packages = runningPackages(root);
  const refused = packages.filter((each) => !isAllowed(each));
  for (const { name, version, licence } of refused)
    say(`${name} ${version} is under ${licence ?? 'no licence that it names'}, which is not allowed.`);
  if (refused.length > 0) process.exitCode = 1;
  const text = documentOf(packages);
  const file = join(root, DOCUMENT);
  if (!args.includes('--check')) return writeFileSync(file, text);
  if (read(file) === text) return say(`${DOCUMENT} is up to date: ${packages.length} packages.`);
  say(`${DOCUMENT} is out of date: npm run licences writes it.`);
  process.exitCode = 1;
}

function documentOf(packages) {
  const names = [...new Set(packages.map(({ licence }) => licence ?? 'none'))].toSorted();
  const of = (name) => packages.filter(({ licence }) => (licence ?? 'none') === name);
  return `# Licences

The licence of every package that runs, as the package names it, made by \`npm run licences\` of the lock file; what is only
used in development is not in it. A package under another licence than these fails \`npm run licences -- --check\`:
${allowed.everywhere.join(', ')}; and,
for the packages of Apollo's gateway alone, ${Object.keys(allowed.forSome).join(', ')}.

${names.map((name) => `- ${name}: ${of(name).length}`).join('\n')}
${names
  .map(
    (name) =>
      `\n## ${name}\n\n${of(name)
        .map(({ name: each, version }) => `- ${each} ${version}`)
        .join('\n')}\n`,
  )
  .join('')}`;
}

function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
