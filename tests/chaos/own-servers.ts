import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { removeLeftovers } from '@shop/system/servers/leftovers';
import { passingPlaces, postgresUser, reachableFolder } from '@shop/system/servers/postgres-user';
import { startPostgres } from '@shop/system/servers/postgres';
import { isAlive, processesIn } from '@shop/system/servers/processes';
import { findPrograms, type Program, rabbitMq, redis } from '@shop/system/servers/programs';
import { type RabbitPorts, startRabbitMq } from '@shop/system/servers/rabbitmq';
import { startRedis } from '@shop/system/servers/redis';
import type { Say } from '@shop/system/servers/say';
import { eventually } from '../support/eventually.js';

/** What a running server is known by. */
interface Life {
  readonly url: string;
  /** All its processes; a negative id is a group. */
  readonly processes: () => readonly number[];
  stop(): Promise<void>;
}

const BACK_WITHIN_MS = 60_000;

/** A server of this run alone, which may be killed and comes back on the same data and port. */
export class OwnServer {
  private killed: readonly number[] = [];

  constructor(
    readonly name: string,
    private life: Life,
    private readonly startAgain: () => Promise<Life>,
  ) {}

  get url(): string {
    return this.life.url;
  }

  kill(): void {
    this.killed = this.signal('SIGKILL');
  }

  freeze(): void {
    this.signal('SIGSTOP');
  }

  thaw(): void {
    this.signal('SIGCONT');
  }

  async stop(): Promise<void> {
    await this.life.stop();
  }

  /** Resolves when it takes connections again, after it was stopped or killed. */
  async start(): Promise<void> {
    await eventually(() => {
      if (this.killed.some(isAlive)) throw new Error(`${this.name} is still there`);
    });
    this.life = await eventually(this.startAgain, { timeoutMs: BACK_WITHIN_MS, everyMs: 100 });
  }

  private signal(signal: NodeJS.Signals): readonly number[] {
    return this.life.processes().filter((pid) => signalled(pid, signal));
  }
}

/** Whether there still was such a process (a group, when the id is negative): it may have ended a moment ago. */
export function signalled(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}

export interface OwnServers {
  readonly postgresql: OwnServer;
  readonly rabbitmq: OwnServer;
  readonly redis: OwnServer;
  readonly managementUrl: string;
  /** Ends them all, and removes their files. */
  stop(): Promise<void>;
}

/** PostgreSQL as it is in production, with every commit on disk; RabbitMQ; Redis. `cache`: for downloaded programs. */
export async function ownServers(cache: string, say: Say): Promise<OwnServers> {
  const folder = reachableFolder(postgresUser(), 'shop-tests', passingPlaces);
  writeFileSync(join(folder, 'owner'), String(process.pid));
  await removeLeftovers(dirname(folder), say);
  const [rabbitProgram, redisProgram] = await findPrograms([rabbitMq, redis], cache, say);
  if (!rabbitProgram || !redisProgram) throw new Error('there is no RabbitMQ, or no Redis');
  const inFolder = (name: string) => {
    mkdirSync(join(folder, name), { recursive: true });
    return join(folder, name);
  };
  let managementUrl = '';
  const starts = await Promise.allSettled([
    postgresql(join(folder, 'postgresql'), say),
    rabbitmq(rabbitProgram, inFolder('rabbitmq'), (url) => (managementUrl = url)),
    redisServer(redisProgram, inFolder('redis')),
  ]);
  const stop = async () => {
    await Promise.allSettled(starts.map((start) => (start.status === 'fulfilled' ? start.value.stop() : undefined)));
    rmSync(folder, { recursive: true, force: true });
  };
  const [postgres, rabbit, cacheServer] = starts;
  if (postgres.status === 'fulfilled' && rabbit.status === 'fulfilled' && cacheServer.status === 'fulfilled')
    return { postgresql: postgres.value, rabbitmq: rabbit.value, redis: cacheServer.value, managementUrl, stop };
  await stop();
  throw starts.find((start) => start.status === 'rejected')?.reason;
}

function portOf(url: string): number {
  return Number(new URL(url).port);
}

async function postgresql(folder: string, say: Say): Promise<OwnServer> {
  const start = async (port?: number): Promise<Life> => {
    const server = await startPostgres({ folder, durable: true, ...(port !== undefined && { port }) }, say);
    // Each connection is a process with a group of its own. The postmaster first, or it would mend what is left.
    return { ...server, processes: () => [server.pid, ...processesIn(join(folder, 'data'))] };
  };
  const first = await start();
  return new OwnServer('postgresql', first, () => start(portOf(first.url)));
}

async function rabbitmq(program: Program, folder: string, manage: (url: string) => void): Promise<OwnServer> {
  const start = async (ports?: RabbitPorts) => {
    const server = await startRabbitMq(program, folder, ports);
    return { ...server, processes: () => server.groups.map((leader) => -leader) };
  };
  const first = await start();
  manage(first.managementUrl);
  return new OwnServer('rabbitmq', first, () => start(first.ports));
}

async function redisServer(program: Program, folder: string): Promise<OwnServer> {
  const start = async (port?: number): Promise<Life> => {
    const server = await startRedis(program, folder, port);
    return { ...server, processes: () => [server.pid] };
  };
  const first = await start();
  return new OwnServer('redis', first, () => start(portOf(first.url)));
}
