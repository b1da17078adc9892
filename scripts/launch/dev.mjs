import { once } from 'node:events';
import { readdirSync, watch } from 'node:fs';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, workspaceFolders } from './build.mjs';
import { say } from './say.mjs';

/** Editors write a file in several steps, and several files at once. */
const SETTLED_MS = 40;
/** What has not started by then does not start. */
const STARTED_WITHIN_MS = 60_000;

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
  let stopping;

  const apply = async () => {
    if (changed.size === 0 || stopping) return;
    const workspaces = [...changed];
    changed.clear();
    const from = since;
    since = undefined;
    try {
      await build(root);
    } catch (error) {
      say(`${error.message}\nWhat runs stays as it was.`);
      // Some of it may have been built: it is live with what mends the rest.
      for (const name of workspaces) changed.add(name);
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
  // A terminal's Ctrl-C comes to us, and once more from npm.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
    process.on(signal, () => (stopping ??= shop.stop().then(() => process.exit(0))));
}

/**
 * All in one process, which replaces a service within itself. For what they share, and after a replacement that failed, it is
 * started again as a whole, in one that stands by; the database stays up meanwhile.
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
  const ending = new WeakSet();
  const taken = () => {
    standby.prepare();
    const spare = standby.take();
    spare.child.once('exit', () => {
      if (!ending.has(spare.child)) say('The shop has ended. The next file that is saved starts it again.');
    });
    spare.load(ahead);
    return spare;
  };
  const become = (spare, settings) => {
    const answered = answer(spare.child);
    spare.become(script, { ...environment, ...settings });
    standby.prepare();
    return answered;
  };
  const end = ({ child }) => {
    ending.add(child);
    return stopped(child);
  };
  let over = false;
  let current = taken();
  let sound = become(current, {});
  return {
    restart: async (workspaces) => {
      const isWhole = await sound;
      if (over) return false;
      if (isWhole && workspaces.every((name) => services.includes(name)) && !hasEnded(current.child)) {
        sound = answer(current.child);
        // A channel that has closed meanwhile is the end of the process, which is heard of elsewhere.
        current.child.send({ restart: workspaces }, () => undefined);
        return sound;
      }
      const next = taken();
      await end(current);
      current = next;
      if (over) return end(next).then(() => false);
      sound = become(next, { SHOP_AGAIN: 'true' });
      return sound;
    },
    stop: async () => {
      over = true;
      standby.stop();
      await end(current);
      await database.stop();
    },
  };
}

/** Whether what was started is ready; false when it has ended instead, or takes too long. */
async function answer(child) {
  const listening = new AbortController();
  const signal = AbortSignal.any([listening.signal, AbortSignal.timeout(STARTED_WITHIN_MS)]);
  const events = ['message', 'exit'].map((event) => once(child, event, { signal }));
  const [first] = await Promise.race(events).catch(() => {
    say('It does not start. The next file that is saved starts all of it again.');
    return [];
  });
  listening.abort();
  return first?.ready === true;
}

function hasEnded(child) {
  return child.exitCode !== null || child.signalCode !== null;
}

function stopped(child) {
  if (hasEnded(child)) return Promise.resolve();
  return new Promise((resolve) => {
    child.once('exit', resolve);
    child.kill('SIGTERM');
  });
}
