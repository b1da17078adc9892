import { spawn, spawnSync, type SpawnOptions } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { until } from './until.js';

/** True while a process of that id runs, whoever owns it. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** The command line of a running process, its arguments separated by spaces; empty when there is none or it can't be read. */
export function commandLineOf(pid: number): string {
  if (process.platform === 'linux') {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
    } catch {
      return '';
    }
  }
  return spawnSync('ps', ['-ww', '-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).stdout ?? '';
}

/**
 * Asks a process (a group, when the id is negative) to end with `signal`, and ends it with SIGKILL when `seconds`
 * were not enough. Resolves when it is gone; a process that is gone already is no error.
 */
export async function endProcess(pid: number, signal: NodeJS.Signals, seconds: number): Promise<void> {
  send(pid, signal);
  try {
    await until(() => !isAlive(pid), { seconds, failure: () => 'still running' });
  } catch {
    send(pid, 'SIGKILL');
    await until(() => !isAlive(pid), { seconds: 5, failure: () => `Process ${Math.abs(pid)} can't be ended.` });
  }
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/**
 * Runs a command to its end, which the abort of `signal` hastens. Resolves with what it printed; rejects with the end
 * of its output when it fails.
 */
export function run(
  command: string,
  args: readonly string[],
  { signal: abort, ...options }: SpawnOptions = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    abort?.throwIfAborted();
    const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const collect = (chunk: Buffer): void => {
      output += chunk.toString();
    };
    child.stdout?.on('data', collect);
    child.stderr?.on('data', collect);
    // Node's own handling of the option rejects while the command still runs.
    const end = (): void => void child.kill();
    abort?.addEventListener('abort', end, { once: true });
    child.once('error', reject);
    child.once('close', (code, signal) => {
      abort?.removeEventListener('abort', end);
      if (code === 0) resolve(output);
      else reject(new Error(`${command} ${args.join(' ')} ended with ${signal ?? code}:\n${output.slice(-2000)}`));
    });
  });
}

/** The folder in which a process works; undefined when there is no such process or this system doesn't tell (not Linux). */
export function workingFolderOf(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return undefined;
  }
}

/** The process that started this one, or has taken it over; undefined where the system doesn't tell. */
export function parentOf(pid: number): number | undefined {
  try {
    // By man 5 proc: "pid (name) state ppid ...", where the name may hold spaces and brackets.
    const [, ppid] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
    return Number(ppid);
  } catch {
    return undefined;
  }
}

/** All processes that work in a folder or below it; none where the system doesn't tell. */
export function processesIn(folder: string): number[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => Number.isInteger(pid) && `${workingFolderOf(pid)}/`.startsWith(`${folder}/`));
}
