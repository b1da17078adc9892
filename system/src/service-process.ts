import { type ChildProcess, spawn } from 'node:child_process';
import type { Environment } from './environment.js';
import type { ProcessName } from './ports.js';
import type { Say } from './servers/say.js';

/** How long a service has to stop in order, by its environment. */
export const stopSecondsOf = ({ SHUTDOWN_S }: Environment): number => Number(SHUTDOWN_S) || 10;

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 5_000;
/** A process that has run this long had started well: the next pause is short again. */
const STEADY_MS = 10_000;

/**
 * Most of what a process allocates is gone a moment later: with a small young generation, an old one that grows in small steps,
 * and a collection once it has started, it holds half as much (`npm run bench -- memory`). Side by side with a shop without
 * these: as many purchases a second, and lists at 0.92.
 */
const HEAP = ['--max-semi-space-size=2', '--heap-growing-percent=20', '--v8-pool-size=1', '--expose-gc'];
/**
 * Compilers that hold much for little: concurrent ones leave the heap of malloc in pieces, 25 MB of them after a thousand
 * purchases, and are no faster where processes outnumber processors; Sparkplug's code is 11 MB, for a twentieth more purchases.
 */
const COMPILERS = ['--no-concurrent-recompilation', '--no-sparkplug'];
/**
 * Of glibc's (mallopt(3)): two arenas, of which each thread would have one of its own; and what a compilation needed goes back to
 * the system after it, some 8 MB: the thresholds for that do not grow.
 */
const ALLOCATOR = { MALLOC_ARENA_MAX: '2', MALLOC_MMAP_THRESHOLD_: '131072', MALLOC_TRIM_THRESHOLD_: '1048576' };

/**
 * One service as a process of its own, started again when it dies, once it was told to. It has a session of its own, so that the terminal's
 * Ctrl-C leaves the order of stopping to us, and an IPC channel by whose end it notices when we are gone.
 */
export class ServiceProcess {
  private child: ChildProcess | undefined;
  private timer: NodeJS.Timeout | undefined;
  private pauseMs = FIRST_PAUSE_MS;
  private restarts = false;
  private end: string | undefined;

  constructor(
    readonly name: ProcessName,
    private readonly script: string,
    private readonly environment: Environment,
    private readonly say: Say,
  ) {}

  /** Starts the process. Call once. */
  start(): void {
    const options = { env: { ...ALLOCATOR, ...this.environment }, detached: true } as const;
    const stdio = ['ignore', 'inherit', 'inherit', 'ipc'] as const;
    this.follow(spawn(process.execPath, [...HEAP, ...COMPILERS, this.script], { ...options, stdio: [...stdio] }));
  }

  private follow(child: ChildProcess): void {
    const startedAt = performance.now();
    this.child = child;
    let reason = 'could not be started';
    child.once('error', (error) => (reason = `could not be started: ${error.message}`));
    child.once('exit', (code, signal) => (reason = signal ? `was ended by ${signal}` : `has ended with code ${code}`));
    child.once('close', () => {
      this.child = undefined;
      this.end = `${this.name} ${reason}`;
      if (this.restarts) this.startAgain(performance.now() - startedAt);
    });
  }

  /** From now on a process that died is started again. Before, its end is the end of a start that failed. */
  keepAlive(): void {
    this.restarts = true;
  }

  /** The process that runs now; undefined while there is none. */
  get pid(): number | undefined {
    return this.child?.pid;
  }

  /** How the process ended, when it did at least once. */
  ended(): string | undefined {
    return this.end;
  }

  /** Asks the process to stop and resolves when it has; after `seconds`, unless told those of its environment, it is killed. */
  async stop(seconds = stopSecondsOf(this.environment) + 1): Promise<void> {
    this.restarts = false;
    clearTimeout(this.timer);
    const { child } = this;
    if (!child) return;
    const closed = new Promise((resolve) => child.once('close', resolve));
    child.kill('SIGTERM');
    const kill = setTimeout(() => child.kill('SIGKILL'), seconds * 1000);
    await closed;
    clearTimeout(kill);
  }

  private startAgain(ranMs: number): void {
    if (ranMs > STEADY_MS) this.pauseMs = FIRST_PAUSE_MS;
    this.say(`${this.end}; starting it again in ${this.pauseMs / 1000} s.`);
    this.timer = setTimeout(() => this.start(), this.pauseMs);
    this.pauseMs = Math.min(this.pauseMs * 2, LONGEST_PAUSE_MS);
  }
}
