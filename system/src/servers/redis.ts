import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePorts } from './free-ports.js';
import { endProcess } from './processes.js';
import type { Program } from './programs.js';
import { answersOn } from './tcp.js';
import { until } from './until.js';

/** A private Redis server. */
export interface RedisServer {
  readonly url: string;
  readonly pid: number;
  stop(): Promise<void>;
}

/**
 * Starts a private Redis in memory, with its log in `folder`, on a free port unless told. Resolves when it takes
 * connections.
 */
export async function startRedis(program: Program, folder: string, wantedPort?: number): Promise<RedisServer> {
  mkdirSync(folder, { recursive: true });
  const [port = 0] = wantedPort === undefined ? await freePorts(1) : [wantedPort];
  const logFile = join(folder, 'redis.log');
  const log = openSync(logFile, 'w');
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', '', '--appendonly', 'no'];
  const child = spawn(program.path, args, {
    env: { ...process.env, ...program.environment },
    detached: true,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  let end: string | undefined;
  child.once('error', (error) => (end = error.message));
  child.once('exit', (code, signal) => (end = `ended with ${signal ?? code}`));
  await until(
    () => {
      if (end) throw new Error(`Redis ${end}:\n${readFileSync(logFile, 'utf8').slice(-2000)}`);
      return answersOn(port);
    },
    { seconds: 20, failure: () => `Redis was not ready within 20 s; its log is ${logFile}.` },
  );
  const pid = child.pid ?? 0;
  return { url: `redis://127.0.0.1:${port}`, pid, stop: () => endProcess(pid, 'SIGTERM', 5) };
}
