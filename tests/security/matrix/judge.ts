import type { Cell } from './cell.js';
import type { Permissions } from './permissions.js';
import type { Standing, Verdict } from './rules.js';

/** What is wrong with the cells by the table, a sentence each; none when every answer is the right one. */
export function judge(cells: readonly Cell[], table: Permissions): string[] {
  return cells.flatMap((cell) => {
    const { caller, at, by, entries, outcome, leaked } = cell;
    const { verdict, mayHoldOwners } = verdictOf(cell, table);
    const expected = cell.always === undefined ? cell.answers[verdict] : [cell.always];
    const what = `${entries.at(-1)} for ${caller}, ${at} by ${by}`;
    return [
      ...(expected.includes(outcome) ? [] : [`${what}: ${outcome}, where ${expected.join(' or ')} is right`]),
      ...(leaked !== null && !mayHoldOwners ? [`${what}: shows the owner's ${leaked}`] : []),
    ];
  });
}

/** The entries that the cells need and the table lacks, and those that it has and nothing needs. */
export function gaps(needed: Iterable<string>, table: Permissions): { lacking: string[]; unused: string[] } {
  const all = new Set(needed);
  return {
    lacking: [...all].filter((entry) => !Object.hasOwn(table, entry)),
    unused: Object.keys(table).filter((entry) => !all.has(entry)),
  };
}

/** The first entry that does not grant it decides; each that does may lead to what is the caller's own. */
function verdictOf({ caller, entries }: Cell, table: Permissions): { verdict: Verdict; mayHoldOwners: boolean } {
  let standing: Standing = { caller, isOwn: caller === 'owner', isProven: false };
  let mayHoldOwners = caller === 'owner' || caller === 'admin';
  for (const entry of entries) {
    const rule = table[entry];
    if (!rule) throw new Error(`the table lacks ${entry}`);
    const verdict = rule.verdict(standing);
    if (verdict !== 'granted') return { verdict, mayHoldOwners: false };
    if (rule.leadsTo === undefined) continue;
    // An administrator's own cart is not the owner's.
    mayHoldOwners = caller === 'owner' || rule.leadsTo === "everybody's";
    standing = { ...standing, isOwn: true, isProven: rule.leadsTo === 'what they proved to be theirs' };
  }
  return { verdict: 'granted', mayHoldOwners };
}
