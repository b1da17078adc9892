import { spawn } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { freePorts } from './free-ports.js';
import { keptSecret, randomSecret } from './kept-secret.js';
import { type PostgresBinaries, postgresBinaries } from './postgres-binaries.js';
import { type PostgresUser, postgresUser } from './postgres-user.js';
import { runningPostmaster, stopPostmaster, untilReady } from './postmaster.js';
import { run } from './processes.js';
import type { Say } from './say.js';

/** A PostgreSQL server for whose life we care. `url` names the superuser `shop` and the database `postgres`. */
export interface PostgresServer {
  readonly url: string;
  /** True when it ran already, left behind by a launcher that was killed. */
  readonly reused: boolean;
  stop(): Promise<void>;
}

const shared = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'max_connections=300', 'timezone=UTC'];
/** Much faster, and gone after a power cut: for tests only. */
const forgetful = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off', 'max_wal_size=4GB'];

/**
 * Starts PostgreSQL on `folder` (its data, password and log lie in there), or takes up the one that still runs on it.
 * The first start makes the cluster. `durable: false` trades safety against power cuts for speed.
 */
export async function startPostgres(
  { folder, durable }: { folder: string; durable: boolean },
  say: Say,
): Promise<PostgresServer> {
  const user = postgresUser();
  const data = join(folder, 'data');
  mkdirSync(folder, { recursive: true });
  if (user) chmodSync(folder, 0o711);
  const password = keptSecret(join(folder, 'password'), () => randomSecret(24));
  const answer = (port: number, pid: number, reused: boolean): PostgresServer => ({
    url: `postgres://shop:${password}@127.0.0.1:${port}/postgres`,
    reused,
    stop: () => stopPostmaster(pid),
  });

  const running = runningPostmaster(data);
  if (running) {
    const ready = await untilReady(data, 60, () => (runningPostmaster(data) ? undefined : 'stopped')).catch(
      () => undefined,
    );
    if (ready) return answer(ready.port, ready.pid, true);
  }
  const binaries = await postgresBinaries(user, say, user && join(folder, 'programs'));
  if (!existsSync(join(data, 'PG_VERSION'))) {
    say('Making the database cluster, once ...');
    await makeCluster(binaries, user, data, password, durable);
  }
  const [port = 0] = await freePorts(1);
  const pid = await launch(binaries, user, folder, port, durable ? shared : [...shared, ...forgetful]);
  return answer(port, pid, false);
}

/** The cluster appears under its name when it is whole, so an interrupted first start leaves nothing half done. */
async function makeCluster(
  binaries: PostgresBinaries,
  user: PostgresUser | undefined,
  data: string,
  password: string,
  durable: boolean,
): Promise<void> {
  const draft = `${data}.draft`;
  const passwordFile = `${data}.password`;
  for (const path of [draft, passwordFile]) rmSync(path, { recursive: true, force: true });
  mkdirSync(draft, { mode: 0o700 });
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (user) for (const path of [draft, passwordFile]) chownSync(path, user.uid, user.gid);
  const options = ['-U', 'shop', '--auth=scram-sha-256', `--pwfile=${passwordFile}`, '--encoding=UTF8', '--locale=C'];
  try {
    await run(binaries.initdb, ['-D', draft, ...options, ...(durable ? [] : ['--no-sync'])], { ...user, cwd: '/' });
  } finally {
    rmSync(passwordFile, { force: true });
  }
  renameSync(draft, data);
}

/** Starts the server in a session of its own, so that the terminal's Ctrl-C leaves it to us to stop it last. */
async function launch(
  binaries: PostgresBinaries,
  user: PostgresUser | undefined,
  folder: string,
  port: number,
  settings: readonly string[],
): Promise<number> {
  const data = join(folder, 'data');
  const logFile = join(folder, 'postgresql.log');
  const log = openSync(logFile, 'w', 0o600);
  const args = ['-D', data, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])];
  const child = spawn(binaries.postgres, args, { ...user, cwd: '/', detached: true, stdio: ['ignore', log, log] });
  closeSync(log);
  child.unref();
  let end: string | undefined;
  child.once('error', (error) => (end = error.message));
  child.once('exit', (code, signal) => (end = `ended with ${signal ?? code}`));
  const { pid } = await untilReady(
    data,
    60,
    () => end && `PostgreSQL ${end}:\n${readFileSync(logFile, 'utf8').slice(-2000)}`,
  );
  return pid;
}
