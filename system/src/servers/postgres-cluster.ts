import { chownSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { randomSecret } from './kept-secret.js';
import type { PostgresBinaries } from './postgres-binaries.js';
import type { PostgresUser } from './postgres-user.js';
import { isAlive, run } from './processes.js';

/** How a cluster is to be made. */
export interface ClusterPlan {
  readonly binaries: PostgresBinaries;
  readonly user: PostgresUser | undefined;
  /** The superuser's. */
  readonly password: string;
  readonly durable: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** True when `data` holds a whole cluster. */
export function isCluster(data: string): boolean {
  return existsSync(join(data, 'PG_VERSION'));
}

/**
 * Makes a cluster, under a name of this attempt's own until it is whole: an interrupted start leaves nothing half done, and
 * an initdb that has outlived its launcher disturbs no other. When another start was faster, `data` is that one's.
 */
export async function makeCluster(data: string, plan: ClusterPlan): Promise<void> {
  const { binaries, user, password, durable, signal } = plan;
  const attempt = `${process.pid}-${randomSecret(6)}`;
  const draft = `${data}.draft-${attempt}`;
  const passwordFile = `${data}.password-${attempt}`;
  mkdirSync(draft, { mode: 0o700 });
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (user) for (const path of [draft, passwordFile]) chownSync(path, user.uid, user.gid);
  const options = ['-U', 'shop', '--auth=scram-sha-256', `--pwfile=${passwordFile}`, '--encoding=UTF8', '--locale=C'];
  try {
    await run(binaries.initdb, ['-D', draft, ...options, ...(durable ? [] : ['--no-sync'])], {
      ...user,
      cwd: '/',
      signal,
    });
    if (!isCluster(data)) takeName(draft, data);
  } finally {
    for (const path of [draft, passwordFile]) rmSync(path, { recursive: true, force: true });
  }
}

/** Removes what attempts for `data` have left behind whose launcher is gone. */
export function removeOldDrafts(data: string): void {
  const folder = dirname(data);
  for (const name of readdirSync(folder)) {
    const owner = /^data\.(?:draft|password)-(\d+)-/.exec(name)?.[1];
    if (owner === undefined || isAlive(Number(owner))) continue;
    try {
      rmSync(join(folder, name), { recursive: true, force: true });
    } catch {
      // An orphaned initdb writes in it at this moment. The next start removes it.
    }
  }
}

/** A folder that isn't empty is never replaced by a renamed one, so only one of two gets the name. */
function takeName(draft: string, data: string): void {
  try {
    renameSync(draft, data);
  } catch (error) {
    if (!isCluster(data)) throw error;
  }
}
