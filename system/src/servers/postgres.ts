import { spawn } from 'node:child_process';
import { chmodSync, closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePorts } from './free-ports.js';
import { keptSecret, randomSecret } from './kept-secret.js';
import { type PostgresBinaries, postgresBinaries } from './postgres-binaries.js';
import { isCluster, makeCluster, removeOldDrafts } from './postgres-cluster.js';
import { type PostgresUser, postgresUser } from './postgres-user.js';
import { type Postmaster, runningPostmaster, stopPostmaster, untilReady } from './postmaster.js';
import { endProcess } from './processes.js';
import type { Say } from './say.js';

/** A PostgreSQL server for whose life we care. `url` names the superuser `shop` and the database `postgres`. */
export interface PostgresServer {
  readonly url: string;
  readonly pid: number;
  /** True when it ran already, left behind by a launcher that was killed. */
  readonly reused: boolean;
  stop(): Promise<void>;
}

const shared = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'max_connections=300', 'timezone=UTC'];
/** Much faster, and gone after a power cut: for tests only. */
const forgetful = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off', 'max_wal_size=4GB'];

/** Where and how a server is to run. */
export interface PostgresPlan {
  /** For its data, password and log. */
  readonly folder: string;
  /** False trades safety against power cuts for speed. */
  readonly durable: boolean;
  /** Where it listens; on a free port unless told. */
  readonly port?: number;
  /** Ends a start that is under way, and the server with it. */
  readonly signal?: AbortSignal;
}

/**
 * Starts PostgreSQL on a folder, or takes up the one that runs there, left behind by a killed launcher or just started
 * by another. The first start makes the cluster.
 */
export async function startPostgres(
  { folder, durable, port, signal }: PostgresPlan,
  say: Say,
): Promise<PostgresServer> {
  const user = postgresUser();
  const data = join(folder, 'data');
  mkdirSync(folder, { recursive: true });
  if (user) chmodSync(folder, 0o711);
  const password = keptSecret(join(folder, 'password'), () => randomSecret(24));
  const answer = (server: Postmaster, reused: boolean): PostgresServer => ({
    url: `postgres://shop:${password}@127.0.0.1:${server.port}/postgres`,
    pid: server.pid,
    reused,
    stop: () => stopPostmaster(server.pid),
  });

  const running = await takenUp(data);
  if (running) return answer(running, true);
  const binaries = await postgresBinaries(user, say, user && join(folder, 'programs'));
  if (!isCluster(data)) {
    say('Making the database cluster, once ...');
    await makeCluster(data, { binaries, user, password, durable, signal });
  }
  removeOldDrafts(data);
  try {
    const settings = durable ? shared : [...shared, ...forgetful];
    return answer(await launch({ binaries, user, folder, settings, port, signal }), false);
  } catch (error) {
    // Of two that start at the same time, one finds the folder taken.
    const others = signal?.aborted ? undefined : await takenUp(data);
    if (!others) throw error;
    return answer(others, true);
  }
}

/** The server that runs on a data folder, once it is ready; undefined when there is none, or none any more. */
async function takenUp(data: string): Promise<Postmaster | undefined> {
  if (!runningPostmaster(data)) return undefined;
  return untilReady(data, 60, () => (runningPostmaster(data) ? undefined : 'stopped')).catch(() => undefined);
}

interface Launch {
  readonly binaries: PostgresBinaries;
  readonly user: PostgresUser | undefined;
  readonly folder: string;
  readonly settings: readonly string[];
  readonly port: number | undefined;
  readonly signal: AbortSignal | undefined;
}

/** Starts the server in a session of its own, so that the terminal's Ctrl-C leaves it to us to stop it last. */
async function launch({ binaries, user, folder, settings, signal, ...wanted }: Launch): Promise<Postmaster> {
  const data = join(folder, 'data');
  const logFile = join(folder, 'postgresql.log');
  const [port = 0] = wanted.port === undefined ? await freePorts(1) : [wanted.port];
  signal?.throwIfAborted();
  const log = openSync(logFile, 'w', 0o600);
  const args = ['-D', data, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])];
  const child = spawn(binaries.postgres, args, { ...user, cwd: '/', detached: true, stdio: ['ignore', log, log] });
  closeSync(log);
  child.unref();
  let end: string | undefined;
  child.once('error', (error) => (end = error.message));
  child.once('exit', (code, name) => (end = `ended with ${name ?? code}`));
  const failed = (): string | undefined => {
    signal?.throwIfAborted();
    return end && `PostgreSQL ${end}:\n${readFileSync(logFile, 'utf8').slice(-2000)}`;
  };
  try {
    return await untilReady(data, 60, failed);
  } catch (error) {
    if (child.pid && end === undefined) await endProcess(child.pid, 'SIGINT', 8);
    throw error;
  }
}
