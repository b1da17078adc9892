import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { commandLineOf } from './servers/processes.js';

/** A process that listens on a port. */
export interface PortHolder {
  readonly pid: number;
  readonly command: string;
}

/** Who listens on a TCP port of this machine; undefined when the system doesn't let us see. */
export function portHolder(port: number): PortHolder | undefined {
  const pid = process.platform === 'linux' ? fromProc(port) : fromLsof(port);
  if (pid === undefined) return undefined;
  return { pid, command: shortened(commandLineOf(pid).trim()) || 'a program of another user' };
}

/** The first 80 characters or so of a command line: whole words, and an ellipsis for the rest. */
export function shortened(command: string): string {
  if (command.length <= 80) return command;
  const words = command.slice(0, 80).replace(/\s+\S*$/, '');
  return `${words} ...`;
}

/** By man 5 proc: the listening socket's inode from /proc/net/tcp, then the process that has it open. */
function fromProc(port: number): number | undefined {
  const inodes = new Set(['/proc/net/tcp', '/proc/net/tcp6'].flatMap((table) => listeningInodes(table, port)));
  const pids = readdirSync('/proc').map(Number).filter(Number.isInteger);
  return pids.find((pid) => openFiles(pid).some((file) => inodes.has(/^socket:\[(\d+)]$/.exec(file)?.[1] ?? '')));
}

function listeningInodes(table: string, port: number): string[] {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const listening = '0A';
  return attempt(() => readFileSync(table, 'utf8'), '')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local, , state]) => local?.endsWith(suffix) && state === listening)
    .map((columns) => columns[9] ?? '');
}

function openFiles(pid: number): string[] {
  const folder = `/proc/${pid}/fd`;
  return attempt(() => readdirSync(folder), []).map((name) => attempt(() => readlinkSync(`${folder}/${name}`), ''));
}

function fromLsof(port: number): number | undefined {
  const { stdout } = spawnSync('lsof', ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-t'], { encoding: 'utf8' });
  return Number(stdout?.split('\n')[0]) || undefined;
}

/** Processes come and go while we look, and other users' are closed to us. */
function attempt<T>(look: () => T, otherwise: T): T {
  try {
    return look();
  } catch {
    return otherwise;
  }
}
