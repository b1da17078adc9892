import { readFileSync } from 'node:fs';
import { isAllowed } from '../../scripts/supply-chain/allowed-licences.mjs';
import { runningPackages } from '../../scripts/supply-chain/running-packages.mjs';

describe('the licences of what runs', () => {
  it.each<[string, string, string | undefined, boolean]>([
    ['a', 'MIT', 'MIT', true],
    ['a', 'an AND of what is allowed', '(MIT AND BSD-3-Clause)', true],
    ['a', 'an AND with what is not', 'MIT AND GPL-3.0-only', false],
    ['a', 'an OR with what is allowed', '(GPL-3.0-only OR MIT)', true],
    ['a', 'another', 'GPL-3.0-only', false],
    ['a', 'none', undefined, false],
    ['a', 'what only looks alike', 'MIT-Modern-Variant', false],
    ['a', 'what is nested', '(MIT AND (MIT OR ISC))', false],
    ['a', 'a name that every object has', 'constructor', false],
    ['@apollo/gateway', "Apollo's own", 'Elastic-2.0', true],
    ['@apollo/gateway-of-somebody', "Apollo's, on another package", 'Elastic-2.0', false],
  ])('%s under %s', (name, _what, licence, expected) => expect(isAllowed({ name, licence })).toBe(expected));

  it('are all allowed, and are all that the document lists', () => {
    const packages = runningPackages('.') as { name: string; version: string; licence?: string }[];
    expect(packages.filter((each) => !isAllowed(each))).toEqual([]);
    const listed = [...readFileSync('docs/licences.md', 'utf8').matchAll(/^- ([^\s:]+ \d\S*)$/gm)].map(
      ([, text]) => text,
    );
    expect(listed.toSorted()).toEqual(packages.map(({ name, version }) => `${name} ${version}`).toSorted());
    expect(listed.length).toBeGreaterThan(100);
  });
});
