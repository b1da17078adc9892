import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Environment } from './environment.js';

/** A process that stands by, and what it is told. */
export class Spare {
  constructor(readonly child: ChildProcess) {}

  /** Has it load those files of ours, while whoever it takes over from still stops. */
  load(files: readonly string[]): void {
    this.child.send({ load: files });
  }

  become(script: string, environment: Environment): void {
    this.child.send({ run: script, environment });
  }
}

/** Keeps a process at hand that has all libraries loaded, so that what changes is live soon. */
export class Standby {
  private spare: Spare | undefined;
  private stopped = false;

  constructor(
    private readonly root: string,
    private readonly environment: Environment,
  ) {}

  /** Has one at hand from soon on. */
  prepare(): void {
    if (this.spare || this.stopped) return;
    const { PATH, HOME, NODE_ENV } = this.environment;
    const child = spawn(process.execPath, [join(this.root, 'scripts', 'launch', 'standby.mjs')], {
      cwd: this.root,
      env: { PATH, HOME, ...(NODE_ENV && { NODE_ENV }), NODE_COMPILE_CACHE: join(this.root, '.cache', 'compiled') },
      detached: true,
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    const spare = new Spare(child);
    child.once('exit', () => {
      if (this.spare === spare) this.spare = undefined;
    });
    this.spare = spare;
  }

  /** The one at hand, which is the caller's from now on. */
  take(): Spare | undefined {
    const { spare } = this;
    this.spare = undefined;
    return spare;
  }

  stop(): void {
    this.stopped = true;
    this.take()?.child.kill();
  }
}
