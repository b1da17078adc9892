import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { freePorts } from './free-ports.js';
import { randomSecret } from './kept-secret.js';
import { endProcess } from './processes.js';
import type { Program } from './programs.js';
import { answersOn } from './tcp.js';
import { until } from './until.js';

/** A private RabbitMQ server. `managementUrl` is its HTTP interface, through which virtual hosts are made. */
export interface RabbitServer {
  readonly url: string;
  readonly managementUrl: string;
  /** The leaders of the process groups in which all of the server runs, and its port mapper. */
  readonly groups: readonly number[];
  readonly ports: RabbitPorts;
  /** Runs rabbitmqctl, which takes some seconds. Rejects with what it says when it fails. */
  control(...words: readonly string[]): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts a RabbitMQ of our own: its files all in `folder`, its node name, ports and port mapper (epmd) its own too, so
 * that it meets no other RabbitMQ of this machine; on the same folder and ports it takes up what an earlier one has left.
 * Resolves when it takes connections, after 6 to 8 s.
 */
export async function startRabbitMq(
  program: Program,
  folder: string,
  wantedPorts?: RabbitPorts,
): Promise<RabbitServer> {
  const ports = wantedPorts ?? (await anyPorts());
  const { port, management, mapper } = ports;
  const environment = { ...process.env, ...program.environment, ...settings(folder, ports) };
  const logFile = join(folder, 'server.log');
  const start = (command: string, args: readonly string[]): ChildProcess => {
    const log = openSync(logFile, 'a');
    const child = spawn(command, args, { env: environment, cwd: folder, detached: true, stdio: ['ignore', log, log] });
    closeSync(log);
    return child;
  };

  // Started by ourselves, and so ended by ourselves: left to RabbitMQ, the port mapper would outlive it as a daemon.
  const epmd = start('epmd', ['-port', String(mapper), '-address', '127.0.0.1']);
  epmd.once('error', () => undefined);
  await until(() => epmd.exitCode !== null || answersOn(mapper), { seconds: 5, failure: () => 'no epmd' }).catch(
    () => undefined,
  );

  const server = start(program.path, []);
  let end: string | undefined;
  server.once('error', (error) => (end = error.message));
  server.once('exit', (code, signal) => (end = `ended with ${signal ?? code}`));
  const stop = async (): Promise<void> => {
    if (server.pid) await endProcess(server.pid, 'SIGTERM', 15).finally(() => endGroup(server.pid));
    if (epmd.pid) await endProcess(epmd.pid, 'SIGTERM', 5);
  };
  const ready = async (): Promise<boolean> => {
    if (end) throw new Error(`RabbitMQ ${end}:\n${readFileSync(logFile, 'utf8').slice(-2000)}`);
    return (await answersOn(port)) && (await managementAnswers(management));
  };
  try {
    await until(ready, {
      seconds: 90,
      everyMs: 100,
      failure: () => `RabbitMQ was not ready within 90 s; its log is ${logFile}.`,
    });
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    url: `amqp://guest:guest@127.0.0.1:${port}`,
    managementUrl: `http://guest:guest@127.0.0.1:${management}`,
    groups: [server.pid ?? 0, epmd.pid ?? 0],
    ports,
    control: async (...words) => {
      // It lies beside the server's own script, and insists on no system user there.
      const tool = join(dirname(program.path), 'rabbitmqctl');
      await promisify(execFile)(tool, words, { env: environment, cwd: folder, timeout: 60_000 });
    },
    stop,
  };
}

/** Where a server listens: for clients, other nodes, its HTTP interface, and its port mapper. */
export interface RabbitPorts {
  readonly port: number;
  readonly distribution: number;
  readonly management: number;
  readonly mapper: number;
}

async function anyPorts(): Promise<RabbitPorts> {
  const [port = 0, distribution = 0, management = 0, mapper = 0] = await freePorts(4);
  return { port, distribution, management, mapper };
}

/** Writes the server's configuration below `folder` and returns the environment that points to it. */
function settings(folder: string, { port, distribution, management, mapper }: RabbitPorts): Record<string, string> {
  const home = join(folder, 'home');
  for (const path of [home, join(folder, 'mnesia'), join(folder, 'log')]) mkdirSync(path, { recursive: true });
  const cookie = join(home, '.erlang.cookie');
  if (!existsSync(cookie)) writeFileSync(cookie, randomSecret(24), { mode: 0o400 });
  const inFolder = (name: string, content: string): string => {
    const file = join(folder, name);
    writeFileSync(file, content);
    return file;
  };
  const configuration = [
    `listeners.tcp.1 = 127.0.0.1:${port}`,
    `management.tcp.port = ${management}`,
    'management.tcp.ip = 127.0.0.1',
    'log.console = false',
    'log.file.level = warning',
    'disk_free_limit.absolute = 50MB',
  ];
  return {
    HOME: home,
    LC_ALL: 'C.UTF-8',
    ERL_EPMD_PORT: String(mapper),
    ERL_EPMD_ADDRESS: '127.0.0.1',
    RABBITMQ_NODENAME: `shop${port}@localhost`,
    RABBITMQ_NODE_PORT: String(port),
    RABBITMQ_NODE_IP_ADDRESS: '127.0.0.1',
    RABBITMQ_DIST_PORT: String(distribution),
    RABBITMQ_BASE: folder,
    RABBITMQ_MNESIA_BASE: join(folder, 'mnesia'),
    RABBITMQ_LOG_BASE: join(folder, 'log'),
    RABBITMQ_LOGS: join(folder, 'log', 'rabbitmq.log'),
    RABBITMQ_CONFIG_FILE: inFolder('rabbitmq.conf', `${configuration.join('\n')}\n`),
    RABBITMQ_ENABLED_PLUGINS_FILE: inFolder('enabled_plugins', '[rabbitmq_management].\n'),
    RABBITMQ_CONF_ENV_FILE: inFolder('rabbitmq-env.conf', ''),
    RABBITMQ_ADVANCED_CONFIG_FILE: inFolder('advanced.config', '[].\n'),
    RABBITMQ_PID_FILE: join(folder, 'rabbitmq.pid'),
    RABBITMQ_GENERATED_CONFIG_DIR: join(folder, 'generated'),
    RABBITMQ_FEATURE_FLAGS_FILE: join(folder, 'feature_flags'),
    // One scheduler: where all of a shop shares a few cores, two wake each other for each step of a message.
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '-kernel inet_dist_use_interface {127,0,0,1} +S 1:1 +sbwt none',
  };
}

async function managementAnswers(port: number): Promise<boolean> {
  const authorization = `Basic ${Buffer.from('guest:guest').toString('base64')}`;
  try {
    const response = await fetch(`http://127.0.0.1:${port}/api/overview`, { headers: { authorization } });
    return response.ok;
  } catch {
    return false;
  }
}

/** What the server's start script may have left running when it had to be killed. */
function endGroup(pid: number | undefined): void {
  try {
    if (pid) process.kill(-pid, 'SIGKILL');
  } catch {
    // Nobody is left in the group.
  }
}
