import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { commandLineOf, endProcess, isAlive } from './processes.js';
import { until } from './until.js';

/** A running PostgreSQL server, as its own pid file tells of it. */
export interface Postmaster {
  readonly pid: number;
  readonly port: number;
  readonly status: string;
}

/**
 * The server that runs on a data folder, or undefined. A pid file that a crash has left behind is removed, also when
 * its number has meanwhile gone to a process that isn't PostgreSQL: the server itself would refuse to start then.
 */
export function runningPostmaster(dataFolder: string): Postmaster | undefined {
  const file = join(dataFolder, 'postmaster.pid');
  const found = readPidFile(file);
  if (!found) return undefined;
  if (isAlive(found.pid) && commandLineOf(found.pid).includes(dataFolder)) return found;
  rmSync(file, { force: true });
  return undefined;
}

/** Waits until the server on a data folder takes connections. Throws when it takes too long or `failed` says it died. */
export function untilReady(dataFolder: string, seconds: number, failed: () => string | undefined): Promise<Postmaster> {
  return until(
    () => {
      const reason = failed();
      if (reason !== undefined) throw new Error(reason);
      const found = readPidFile(join(dataFolder, 'postmaster.pid'));
      return found?.status === 'ready' ? found : undefined;
    },
    { seconds, everyMs: 5, failure: () => `PostgreSQL on ${dataFolder} was not ready within ${seconds} s.` },
  );
}

/** Ends a server cleanly: open transactions roll back, everything committed is on disk (its "fast" shutdown). */
export async function stopPostmaster(pid: number): Promise<void> {
  await endProcess(pid, 'SIGINT', 8);
}

/** Lines of the file, by PostgreSQL's src/include/utils/pidfile.h: pid, data, start, port, socket, address, memory, status. */
function readPidFile(file: string): Postmaster | undefined {
  try {
    const lines = readFileSync(file, 'utf8').split('\n');
    const pid = Number(lines[0]);
    if (!Number.isInteger(pid) || pid <= 0) return undefined;
    return { pid, port: Number(lines[3]), status: lines[7]?.trim() ?? '' };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
