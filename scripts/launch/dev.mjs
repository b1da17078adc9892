import { spawn } from 'node:child_process';
import { watch } from 'node:fs';
import { join } from 'node:path';
import { workspaceFolders } from './build.mjs';
import { say } from './say.mjs';

const launcher = join(import.meta.dirname, '..', 'run.mjs');

/** `npm run dev`: the system as `npm start` runs it, stopped and started again whenever a source file changes. */
export async function dev(root) {
  let wanted = true;
  let child;
  let timer;
  const start = () => {
    const ours = spawn(process.execPath, [launcher, 'start'], { stdio: ['inherit', 'inherit', 'inherit', 'ipc'] });
    child = ours;
    ours.once('exit', () => {
      if (child === ours) child = undefined;
      if (!wanted) process.exit(0);
      if (ours.killed) start();
      else say('The system has stopped; it starts again when a file changes.');
    });
  };
  const restart = () => {
    if (child?.killed) return;
    say('A file has changed; starting again ...');
    if (child) child.kill('SIGTERM');
    else start();
  };
  for (const workspace of workspaceFolders(root)) {
    watch(join(workspace, 'src'), { recursive: true }, () => {
      clearTimeout(timer);
      timer = setTimeout(restart, 200);
    });
  }
  const stop = (signal) => {
    wanted = false;
    if (child) child.kill(signal);
    else process.exit(0);
  };
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, stop);
  start();
}
