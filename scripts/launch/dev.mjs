import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, watch } from 'node:fs';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, workspaceFolders } from './build.mjs';
import { say } from './say.mjs';

/** Editors write a file in several steps, and several files at once. */
const SETTLED_MS = 40;

/**
 * `npm run dev`: the system as `npm start` runs it, with what changes live a moment after a source file is saved: the process
 * of that service alone where each is one, else the whole. `names`: only these services (and what all share) are watched.
 */
export async function dev(root, names) {
  const services = ['gateway', ...readdirSync(join(root, 'subgraphs'))];
  const unknown = names.filter((name) => !services.includes(name));
  if (unknown.length > 0)
    throw new Error(`There is no service ${unknown.join(', ')}; there are ${services.join(', ')}.`);
  const asProcesses = Boolean(process.env.RABBITMQ_URL && process.env.REDIS_URL);
  const shop = asProcesses ? eachAlone(root, services) : await allInOne(root);
  const changed = new Set();
  let timer;
  let since;
  let work = Promise.resolve();

  const apply = async () => {
    const workspaces = [...changed];
    changed.clear();
    const from = since;
    since = undefined;
    try {
      if ((await build(root)) === 0) return;
    } catch (error) {
      say(`${error.message}\nWhat runs stays as it was.`);
      return;
    }
    if (await shop.restart(workspaces))
      say(`Live ${((performance.now() - from) / 1000).toFixed(2)} s after ${workspaces.join(', ')} changed.`);
  };
  for (const workspace of workspaceFolders(root)) {
    const name = basename(workspace);
    if (names.length > 0 && services.includes(name) && !names.includes(name)) continue;
    watch(join(workspace, 'src'), { recursive: true }, () => {
      since ??= performance.now();
      changed.add(name);
      clearTimeout(timer);
      timer = setTimeout(() => (work = work.then(apply)), SETTLED_MS);
    });
  }
  for (const signal of ['SIGINT', 'SIGTERM'])
    process.on(signal, () => void shop.stop(signal).then(() => process.exit(0)));
}

/** Each service a process: the launcher starts those again whose code has changed; all of them when it is what they share. */
function eachAlone(root, services) {
  const start = () =>
    spawn(process.execPath, [join(import.meta.dirname, '..', 'run.mjs'), 'start'], {
      stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
      env: { ...process.env, SHOP_RELOADS: 'true' },
    });
  let launcher = start();
  const ended = (child) => child.exitCode !== null || child.signalCode !== null;
  return {
    restart: async (workspaces) => {
      if (ended(launcher)) launcher = start();
      const names = workspaces.every((name) => services.includes(name)) ? workspaces : services;
      const answered = answer(launcher);
      launcher.send({ restart: names });
      return answered;
    },
    stop: (signal) => stopped(launcher, signal),
  };
}

/** All in one process, which is started again as a whole, in one that stands by; the database stays up meanwhile. */
async function allInOne(root) {
  const ours = async (file) => import(pathToFileURL(join(root, 'system', 'dist', file)).href);
  const database = await (await ours('dev-database.js')).holdDatabase(root, process.env, say);
  const environment = { ...process.env, DATABASE_URL: database.url };
  const standby = new (await ours('standby.js')).Standby(root, process.env);
  const script = join(root, 'system', 'dist', 'start.js');
  const ahead = workspaceFolders(root)
    .filter((folder) => !/(?:shared|system)$/.test(folder))
    .map((folder) => join(folder, 'dist', 'system.js'));
  const start = (settings) => {
    standby.prepare();
    const spare = standby.take();
    spare.load([...ahead]);
    return { child: spare.child, go: () => spare.become(script, { ...environment, ...settings }) };
  };
  let current = start({});
  current.go();
  standby.prepare();
  return {
    restart: async () => {
      const next = start({ SHOP_AGAIN: 'true' });
      await stopped(current.child, 'SIGTERM');
      current = next;
      const answered = answer(next.child);
      next.go();
      standby.prepare();
      return answered;
    },
    stop: async (signal) => {
      standby.stop();
      await stopped(current.child, signal);
      await database.stop();
    },
  };
}

/** Whether what was started again is ready; false when it has ended instead. */
async function answer(child) {
  const listening = new AbortController();
  const { signal } = listening;
  const first = await Promise.race([once(child, 'message', { signal }), once(child, 'exit', { signal })]);
  listening.abort();
  return first[0]?.ready === true;
}

function stopped(child, signal) {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once('exit', resolve);
    child.kill(signal);
  });
}
