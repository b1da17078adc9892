import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, openSync, closeSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

const root = path.resolve(import.meta.dirname, '../../..');
const script = path.join(import.meta.dirname, 'a-logging-process.mjs');

beforeAll(() => promisify(execFile)(process.execPath, ['scripts/run.mjs', 'build'], { cwd: root }), 60_000);

/** A process that logs, and writes to stderr, without end; its outputs are given. */
const start = (output: 'pipe' | number): ChildProcess =>
  spawn(process.execPath, [script], {
    env: { LOG_LEVEL: 'info', SHUTDOWN_S: '5' },
    stdio: ['ignore', output, output, 'ipc'],
  });

const untilLost = (child: ChildProcess, lines: number) =>
  new Promise<void>((resolve, reject) => {
    child.on('message', ({ lost }: { lost: number }) => lost >= lines && resolve());
    child.once('exit', (code, signal) => reject(new Error(`it ended: ${code ?? signal}`)));
  });

const stopped = async (child: ChildProcess): Promise<unknown> => {
  const exit = once(child, 'exit');
  child.kill('SIGTERM');
  return (await exit)[0];
};

describe('a process whose log nobody takes', () => {
  test('goes on and stops in order when its reader is gone, and counts what it lost', async () => {
    const child = start('pipe');
    await once(child.stdout ?? child, 'data');
    child.stdout?.destroy();
    child.stderr?.destroy();
    await untilLost(child, 5);
    expect(await stopped(child)).toBe(0);
  });

  (existsSync('/dev/full') ? test : test.skip)(
    'goes on and stops in order when the disk is full',
    async () => {
      const full = openSync('/dev/full', 'w');
      const child = start(full);
      closeSync(full);
      await untilLost(child, 5);
      expect(await stopped(child)).toBe(0);
    },
    30_000,
  );
});
