import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { endProcess, isAlive, processesIn } from './processes.js';
import type { Say } from './say.js';

/** Ends the servers and removes the files of test runs that were killed before they could do so themselves. */
export async function removeLeftovers(parent: string, say: Say): Promise<void> {
  for (const name of readdirSync(parent).filter((entry) => entry.startsWith('shop-tests-'))) {
    const folder = join(parent, name);
    const owner = ownerOf(folder);
    if (owner === undefined || isAlive(owner)) continue;
    say(`Clearing away what a killed test run has left in ${folder}.`);
    for (const pid of processesIn(folder)) await endProcess(pid, 'SIGKILL', 5);
    rmSync(folder, { recursive: true, force: true });
  }
}

function ownerOf(folder: string): number | undefined {
  try {
    return Number(readFileSync(join(folder, 'owner'), 'utf8')) || undefined;
  } catch {
    return undefined;
  }
}
