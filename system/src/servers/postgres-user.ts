import { accessSync, chmodSync, constants, mkdtempSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

/** A system user in whose name PostgreSQL runs; undefined where it runs as ourselves. */
export interface PostgresUser {
  readonly uid: number;
  readonly gid: number;
}

/** PostgreSQL refuses to run as root, so root lends it the user "nobody". Anybody else runs it as themselves. */
export function postgresUser(): PostgresUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const nobody = /^nobody:[^:]*:(\d+):(\d+):/m.exec(readFileSync('/etc/passwd', 'utf8'));
  return { uid: Number(nobody?.[1] ?? 65534), gid: Number(nobody?.[2] ?? 65534) };
}

/** True when that user can walk down to `folder`: one closed folder anywhere above it is enough to fail. */
export function canReach(user: PostgresUser | undefined, folder: string): boolean {
  if (!user) return true;
  for (let path = resolve(folder); ; path = dirname(path)) {
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats) {
      const bit = stats.uid === user.uid ? 0o100 : stats.gid === user.gid ? 0o010 : 0o001;
      if ((stats.mode & bit) === 0) return false;
    }
    if (path === dirname(path)) return true;
  }
}

/** Makes a new folder that the user can reach, in the first of the usual places that allows it. Throws when none does. */
export function reachableFolder(user: PostgresUser | undefined, name: string, parents: readonly string[]): string {
  const parent = parents.find((candidate) => isWritable(candidate) && canReach(user, candidate));
  if (!parent)
    throw new Error(`None of ${parents.join(', ')} can be reached by user ${user?.uid}; PostgreSQL needs one of them.`);
  const folder = mkdtempSync(join(parent, `${name}-`));
  if (user) chmodSync(folder, 0o711);
  return folder;
}

/** Folders for what may be gone after a restart of the machine. */
export const passingPlaces = [tmpdir(), '/tmp', '/var/tmp'];
/** Folders for what should outlast a restart of the machine. */
export const lastingPlaces = ['/var/tmp', tmpdir(), '/tmp'];

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
