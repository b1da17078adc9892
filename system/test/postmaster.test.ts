import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runningPostmaster, untilReady } from '../src/servers/postmaster.js';

describe("PostgreSQL's pid file", () => {
  let data: string;
  const pidFile = () => join(data, 'postmaster.pid');
  const writePid = (pid: number, status: string) =>
    writeFileSync(pidFile(), [pid, data, 1_700_000_000, 5433, '', '127.0.0.1', '', status.padEnd(8), ''].join('\n'));
  beforeEach(() => (data = mkdtempSync(join(tmpdir(), 'shop-data-'))));
  afterEach(() => rmSync(data, { recursive: true }));

  it('is not there: no server runs', () => expect(runningPostmaster(data)).toBeUndefined());

  it('names a process that is gone: it is removed', async () => {
    const child = spawn(process.execPath, ['--version'], { stdio: 'ignore' });
    await once(child, 'exit');
    writePid(child.pid ?? 0, 'ready');
    expect(runningPostmaster(data)).toBeUndefined();
    expect(existsSync(pidFile())).toBe(false);
  });

  it("names a process that isn't a server of ours: it is removed, the process is left alone", () => {
    writePid(process.pid, 'ready');
    expect(runningPostmaster(data)).toBeUndefined();
    expect(existsSync(pidFile())).toBe(false);
  });

  it('names a process that runs on the folder: that is the server', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)', '--', '-D', data], { stdio: 'ignore' });
    await once(child, 'spawn');
    try {
      writePid(child.pid ?? 0, 'ready');
      expect(runningPostmaster(data)).toEqual({ pid: child.pid, port: 5433, status: 'ready' });
      await expect(untilReady(data, 1, () => undefined)).resolves.toMatchObject({ port: 5433 });
    } finally {
      child.kill('SIGKILL');
    }
  });

  it('is half written: the server is waited for, and its death ends the wait', async () => {
    writeFileSync(pidFile(), '');
    let asked = 0;
    const died = () => (++asked > 2 ? 'PostgreSQL ended with 1' : undefined);
    await expect(untilReady(data, 5, died)).rejects.toThrow('PostgreSQL ended with 1');
  });
});
