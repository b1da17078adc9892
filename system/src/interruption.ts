import { readFileSync } from 'node:fs';
import { commandLineOf, isAlive, parentOf } from './servers/processes.js';

/** Two signals nearer than this are one Ctrl-C: the terminal sends it to us and to npm, which passes it on to us. */
const ONE_KEYSTROKE_MS = 1000;

/**
 * A signal that aborts when this process should stop: on Ctrl-C, on SIGTERM, when the terminal is closed, and when the launcher or npm above it has
 * been killed. Another Ctrl-C ends the process at once; so does `deadlineMs` after the abort, when stopping takes longer.
 */
export function interruption(deadlineMs: number): AbortSignal {
  const controller = new AbortController();
  let first = 0;
  const stop = (exitCode: number): void => {
    if (controller.signal.aborted) {
      if (performance.now() - first > ONE_KEYSTROKE_MS) process.exit(exitCode);
      return;
    }
    first = performance.now();
    setTimeout(() => process.exit(exitCode), deadlineMs).unref();
    controller.abort();
  };
  process.on('SIGINT', () => stop(130));
  process.on('SIGTERM', () => stop(143));
  process.on('SIGHUP', () => stop(129));
  // Nobody reads any more once the terminal is gone; stopping in order goes on all the same.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  process.once('disconnect', () => stop(1));
  whenNpmIsGone(() => stop(1));
  return controller.signal;
}

/** Resolves once the signal has aborted. */
export function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}

/**
 * npm starts us through a shell. When npm is killed we hear nothing of it, and a SIGTERM it passes on gets no further than
 * that shell: so look whether npm still is there.
 */
function whenNpmIsGone(callback: () => void): void {
  const npm = npmAbove();
  if (npm === undefined) return;
  const timer = setInterval(() => {
    if (isAlive(npm) && !isZombie(npm)) return;
    clearInterval(timer);
    callback();
  }, 250);
  timer.unref();
}

function npmAbove(): number | undefined {
  if (!process.env['npm_lifecycle_event']) return undefined;
  for (let pid: number | undefined = process.ppid; pid !== undefined && pid > 1; pid = parentOf(pid)) {
    if (/\bnpm\b/.test(commandLineOf(pid))) return pid;
  }
  return undefined;
}

/** Killed, but its own parent hasn't asked for its exit code yet. */
function isZombie(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
  } catch {
    return false;
  }
}
