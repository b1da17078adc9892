import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * Asks this process to stop, as SIGTERM would, once whoever wanted it is gone: the npm above us, or a launcher of ours
 * that holds the other end of the IPC channel. npm starts us through a shell. When npm is killed we hear nothing of it, and
 * a SIGTERM that it passes on gets no further than that shell: so look whether it still is there.
 */
export function stopWhenNobodyWantsUs() {
  process.once('disconnect', stop);
  // Listening alone would hold open the channel, and so the process.
  process.channel?.unref();
  const npm = npmAbove();
  if (npm === undefined) return;
  const timer = setInterval(() => {
    if (isRunning(npm)) return;
    clearInterval(timer);
    stop();
  }, 250);
  timer.unref();
}

/** To the listeners that each verb has for the signal; without one, to its usual effect. */
function stop() {
  if (!process.emit('SIGTERM', 'SIGTERM', 15)) process.exit(143);
}

function npmAbove() {
  if (!process.env.npm_lifecycle_event || process.platform === 'win32') return undefined;
  for (let pid = process.ppid; pid > 1; pid = parentOf(pid)) {
    if (/\bnpm\b/.test(commandLineOf(pid))) return pid;
  }
  return undefined;
}

/** By man 5 proc: "pid (name) state ppid ...", where the name may hold spaces and brackets; elsewhere by ps. 0: no such process. */
function parentOf(pid) {
  return Number(process.platform === 'linux' ? stateOf(pid)[1] : ask(pid, 'ppid=')) || 0;
}

function commandLineOf(pid) {
  return process.platform === 'linux' ? read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ') : ask(pid, 'command=');
}

/** A zombie doesn't run: it was killed, but its own parent hasn't asked for its exit code yet. */
function isRunning(pid) {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
  return stateOf(pid)[0] !== 'Z';
}

function stateOf(pid) {
  return read(`/proc/${pid}/stat`).split(') ').at(-1)?.split(' ') ?? [];
}

function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function ask(pid, column) {
  return spawnSync('ps', ['-ww', '-o', column, '-p', String(pid)], { encoding: 'utf8' }).stdout ?? '';
}
