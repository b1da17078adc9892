import { once } from 'node:events';
import { readdirSync, watch } from 'node:fs';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, workspaceFolders } from './build.mjs';
import { say } from './say.mjs';

/** Editors write a file in several steps, and several files at once. */
const SETTLED_MS = 40;

/**
 * `npm run dev`: the whole system in one process, on the servers that are given, with what changes live a moment after a source
 * file is saved: that service alone is started again, or all when it is what they share. `names`: only these services (and what all share) are watched.
 */
export async function dev(root, names) {
  const services = ['gateway', ...readdirSync(join(root, 'subgraphs'))];
  const unknown = names.filter((name) => !services.includes(name));
  if (unknown.length > 0)
    throw new Error(`There is no service ${unknown.join(', ')}; there are ${services.join(', ')}.`);
  const shop = await allInOne(root, services);
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

/**
 * All in one process, which replaces a service within itself. For what they share it is started again as a whole, in one that
 * stands by; the database stays up meanwhile.
 */
async function allInOne(root, services) {
  const ours = async (file) => import(pathToFileURL(join(root, 'system', 'dist', file)).href);
  const database = await (await ours('dev-database.js')).holdDatabase(root, process.env, say);
  const environment = { ...process.env, DATABASE_URL: database.url, SHOP_RELOADS: 'true' };
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
    restart: async (workspaces) => {
      if (areServices(workspaces, services) && !hasEnded(current.child)) return restarted(current.child, workspaces);
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

const areServices = (workspaces, services) => workspaces.every((name) => services.includes(name));

const hasEnded = (child) => child.exitCode !== null || child.signalCode !== null;

/** Has a launcher of ours start these again, and answers whether they are ready. */
function restarted(child, names) {
  const answered = answer(child);
  child.send({ restart: names });
  return answered;
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
  if (hasEnded(child)) return Promise.resolve();
  return new Promise((resolve) => {
    child.once('exit', resolve);
    child.kill(signal);
  });
}
