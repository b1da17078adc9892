// A process that has loaded the libraries, which takes most of a start, and waits to be told what to become. Our own code it
// loads only then, as it is at that moment. Messages: `load`, files to load ahead; `run`, the script that it becomes, with
// `environment` in place of its own.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { workspaceFolders } from './build.mjs';
import { stopWhenNobodyWantsUs } from './while-wanted.mjs';

/** As processes are listed. */
const STANDING_BY = 'shop, standing by';

const root = join(import.meta.dirname, '..', '..');
const gone = () => process.exit();

process.setSourceMapsEnabled(true);
process.once('disconnect', gone);
let work = loadLibraries().then(() => (process.title = STANDING_BY));
process.on('message', ({ load = [], run, environment }) => {
  work = work.then(async () => {
    for (const file of load) await import(pathToFileURL(file).href);
    if (run === undefined) return;
    process.off('disconnect', gone);
    process.removeAllListeners('message');
    stopWhenNobodyWantsUs();
    for (const name of Object.keys(process.env)) delete process.env[name];
    Object.assign(process.env, environment);
    process.title = `node ${run}`;
    process.argv = [process.execPath, run];
    await import(pathToFileURL(run).href);
  });
  work.catch((error) => {
    process.stderr.write(`${error.stack}\n`);
    process.exit(1);
  });
});

/** One that is not found from here is loaded by who finds it. */
async function loadLibraries() {
  await Promise.allSettled([...librariesIn(root)].map((name) => import(name)));
}

/** The packages that our code imports, by name. */
function librariesIn(folder) {
  const names = new Set();
  for (const workspace of workspaceFolders(folder))
    for (const file of readdirSync(join(workspace, 'dist'), { recursive: true }).filter((name) => name.endsWith('.js')))
      for (const [, name] of readFileSync(join(workspace, 'dist', file), 'utf8').matchAll(
        /\bfrom ['"]((?!node:|\.|@shop\/)[^'"]+)['"]/g,
      ))
        names.add(name);
  return names;
}
