import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePorts } from './free-ports.js';
import { endProcess } from './processes.js';
import { until } from './until.js';

/** A private Prometheus. */
export interface PrometheusServer {
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * Starts a Prometheus with a configuration file, its data and log in `folder`, on a free port. Resolves when it answers
 * queries.
 */
export async function startPrometheus(
  program: string,
  configuration: string,
  folder: string,
): Promise<PrometheusServer> {
  mkdirSync(folder, { recursive: true });
  const [port = 0] = await freePorts(1);
  const url = `http://127.0.0.1:${port}`;
  const logFile = join(folder, 'prometheus.log');
  const log = openSync(logFile, 'w');
  const args = [
    `--config.file=${configuration}`,
    `--storage.tsdb.path=${join(folder, 'data')}`,
    `--web.listen-address=127.0.0.1:${port}`,
  ];
  const child = spawn(program, args, { stdio: ['ignore', log, log] });
  closeSync(log);
  let end: string | undefined;
  child.once('error', (error) => (end = error.message));
  child.once('exit', (code, signal) => (end = `ended with ${signal ?? code}`));
  await until(
    async () => {
      if (end) throw new Error(`Prometheus ${end}:\n${readFileSync(logFile, 'utf8').slice(-2000)}`);
      const answer = await fetch(`${url}/-/ready`).catch(() => undefined);
      return answer?.ok === true;
    },
    { seconds: 20, everyMs: 50, failure: () => `Prometheus was not ready within 20 s; its log is ${logFile}.` },
  );
  return { url, stop: () => endProcess(child.pid ?? 0, 'SIGTERM', 5) };
}
