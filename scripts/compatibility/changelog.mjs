/**
 * What a change log announces as breaking since an older one: whatever stands between backticks in its lines "- **Breaking:**"
 * under "Unreleased" that the older one does not have.
 * @returns {Set<string>}
 */
export function announced(changelog, older) {
  const known = new Set(older.split('\n'));
  const [, unreleased = ''] = /^## Unreleased\n(.*?)(?=^## |(?![\s\S]))/ms.exec(changelog) ?? [];
  const lines = unreleased.split('\n').filter((line) => line.startsWith('- **Breaking:**') && !known.has(line));
  return new Set(lines.flatMap((line) => [...line.matchAll(/`([^`]+)`/g)].map(([, name]) => name)));
}
