import { readFileSync } from 'node:fs';
import { verbs } from '../../scripts/launch/verbs.mjs';

describe('the verbs', () => {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };

  it("are package.json's scripts, each run by the launcher", () => {
    const wanted = Object.keys(verbs).map((verb) => [verb, `node scripts/run.mjs ${verb}`]);
    expect(scripts).toEqual(Object.fromEntries(wanted));
  });

  it.each(['README.md', 'README.vi.md'])('are the only ones that %s names', (file) => {
    const named = [...readFileSync(file, 'utf8').matchAll(/\bnpm (?:run ([a-z]+)|(start|test)\b)/g)];
    expect(named.length).toBeGreaterThan(0);
    expect(Object.keys(verbs)).toEqual(expect.arrayContaining(named.map(([, run, own]) => run ?? own)));
  });
});
