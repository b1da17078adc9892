import { outliveReaders } from '@shop/shared/logging/stdout-lines';

/** Two signals nearer than this are one Ctrl-C: the terminal sends it to us and to npm, which passes it on to us. */
const ONE_KEYSTROKE_MS = 1000;

/**
 * A signal that aborts when this process should stop: on Ctrl-C, on SIGTERM (run.mjs makes one, too, of the end of npm
 * or of the launcher above), and when the terminal is closed. Another Ctrl-C ends the process at once; so does
 * `deadlineMs` after the abort, when stopping takes longer.
 */
export function interruption(deadlineMs: number): AbortSignal {
  const controller = new AbortController();
  let first = 0;
  const stop = (exitCode: number): void => {
    if (controller.signal.aborted) return;
    first = performance.now();
    setTimeout(() => process.exit(exitCode), deadlineMs).unref();
    controller.abort();
  };
  process.on('SIGINT', () => {
    if (controller.signal.aborted && performance.now() - first > ONE_KEYSTROKE_MS) process.exit(130);
    stop(130);
  });
  process.on('SIGTERM', () => stop(143));
  process.on('SIGHUP', () => stop(129));
  // Nobody reads any more once the terminal is gone; stopping in order goes on all the same.
  outliveReaders();
  return controller.signal;
}

/** Resolves once the signal has aborted. */
export function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}

/** What `work` resolves with. Rejects as soon as the signal aborts, while the work goes on behind. */
export async function unlessAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  const interrupted = aborted(signal).then(() => signal.throwIfAborted());
  return (await Promise.race([work, interrupted])) as T;
}
