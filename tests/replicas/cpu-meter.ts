import { readdirSync, readFileSync } from 'node:fs';
import { Redis } from 'ioredis';
import { connected } from '../support/connected.js';
import { manage } from '../support/test-broker.js';
import { required } from '../support/test-environment.js';

/** Linux counts in hundredths of a second (proc(5), sysconf(_SC_CLK_TCK)). */
const TICK_MS = 10;

/** Which process, or with it all its children, belongs to what. */
interface Metered {
  readonly name: string;
  readonly pid: number;
  readonly withChildren: boolean;
}

/** How much processor time each part has used since it began, in milliseconds. Linux only. */
export class CpuMeter {
  private readonly metered: Metered[] = [{ name: 'clients and balancers', pid: process.pid, withChildren: false }];

  /** With the servers that the tests run on. */
  static async ofServers(): Promise<CpuMeter> {
    const meter = new CpuMeter();
    const backend = await connected(required('DATABASE_URL'), async (client) => {
      const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
      return parentOf(rows[0]?.pid ?? 0);
    });
    meter.metered.push({ name: 'PostgreSQL', pid: backend, withChildren: true });
    const [node] = (await manage('GET', 'nodes')) as { os_pid: string }[];
    meter.metered.push({ name: 'RabbitMQ', pid: Number(node?.os_pid), withChildren: true });
    const redis = new Redis(required('REDIS_URL'));
    const info = await redis.info('server');
    await redis.quit();
    meter.metered.push({ name: 'Redis', pid: Number(/process_id:(\d+)/.exec(info)?.[1]), withChildren: false });
    return meter;
  }

  add(name: string, pid: number): void {
    this.metered.push({ name, pid, withChildren: false });
  }

  /** By name; processes of one name are added up. */
  read(): ReadonlyMap<string, number> {
    const used = new Map<string, number>();
    for (const { name, pid, withChildren } of this.metered) {
      const pids = withChildren ? [pid, ...childrenOf(pid)] : [pid];
      const ms = pids.reduce((sum, one) => sum + timeOf(one, withChildren), 0);
      used.set(name, (used.get(name) ?? 0) + ms);
    }
    return used;
  }
}

/** How much of the machine's processors was in use since it started, and how much there was, in milliseconds. */
export function machineTime(): { readonly busy: number; readonly all: number } {
  const [line = ''] = readFileSync('/proc/stat', 'utf8').split('\n');
  const ticks = line.trim().split(/\s+/).slice(1, 9).map(Number);
  const all = ticks.reduce((sum, one) => sum + one, 0);
  const idle = (ticks[3] ?? 0) + (ticks[4] ?? 0);
  return { busy: (all - idle) * TICK_MS, all: all * TICK_MS };
}

/** Of children that have ended, their parent knows. */
function timeOf(pid: number, withEnded: boolean): number {
  const fields = statOf(pid);
  const [user, system, endedUser, endedSystem] = fields.slice(11, 15).map(Number);
  return ((user ?? 0) + (system ?? 0) + (withEnded ? (endedUser ?? 0) + (endedSystem ?? 0) : 0)) * TICK_MS;
}

function parentOf(pid: number): number {
  return Number(statOf(pid)[1]);
}

function childrenOf(pid: number): number[] {
  const pids = readdirSync('/proc').map(Number).filter(Number.isInteger);
  return pids.filter((one) => parentOf(one) === pid);
}

/** What follows a process's name in its stat: state, parent, ...; nothing when it has ended. */
function statOf(pid: number): string[] {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return [];
  }
}
