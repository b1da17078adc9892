// Lays out what goes into the images: `node scripts/images/lay-out.mjs images` makes a folder for each, with its bundle, the
// packages that stay outside of it, and nothing else. Needs `npm run build`.
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { packagesOutside, processFolder } from '../launch/bundle.mjs';
import { packagesWithDependencies } from './packages.mjs';

const root = resolve(import.meta.dirname, '..', '..');
const bundles = join(root, processFolder);

/** Beside the services: who is given a folder of secrets, and where the container that makes them keeps its own. */
const servers = ['postgres', 'rabbitmq', 'redis', 'databases', 'kept'];
/** Of a package: what describes it, or lets people look into it, is not needed to run it. */
const superfluous = /\.(?:[cm]?ts|map|md|markdown|flow)$/i;

const [target] = process.argv.slice(2);
if (!target) throw new Error('Say where to: node scripts/images/lay-out.mjs FOLDER');
layOut(resolve(root, target));

function layOut(images) {
  rmSync(images, { recursive: true, force: true });
  const services = ['gateway', ...readdirSync(join(root, 'subgraphs'))];
  for (const name of services) {
    const image = join(images, name);
    addBundle(image, [`${name}.js`]);
    // By one name in every image, so that all are started in the same way.
    cpSync(join(bundles, `${name}.js`), join(image, 'main.js'));
    rmSync(join(image, `${name}.js`));
    cpSync(join(import.meta.dirname, 'healthcheck.mjs'), join(image, 'healthcheck.mjs'));
  }
  cpSync(join(root, 'gateway', 'supergraph.graphql'), join(images, 'gateway', 'supergraph.graphql'));
  for (const file of readdirSync(bundles).filter((name) => name.endsWith('.proto')))
    cpSync(join(bundles, file), join(images, 'logger', file));
  addBundle(join(images, 'preparation'), ['secrets.js', 'databases.js']);
  // What volumes are mounted over: they get the owner that these folders have in the image.
  for (const name of [...services, ...servers]) mkdirSync(join(images, 'secrets', name), { recursive: true });
  mkdirSync(join(images, 'log'));
  forAllToRead(images);
}

function addBundle(image, scripts) {
  const files = withImports(scripts);
  const texts = files.map(read);
  for (const file of files) cpSync(join(bundles, file), join(image, file));
  const packages = packagesOutside.filter((name) => texts.some((text) => loads(text, name)));
  for (const [place, folder] of packagesWithDependencies(root, packages))
    addPackage(join(image, 'node_modules', place), folder);
  for (const file of ['LICENSE', 'docs/licences.md']) cpSync(join(root, file), join(image, basename(file)));
}

/** Those files of the bundles, and all that they load. */
function withImports(scripts) {
  const files = new Set(scripts);
  for (const file of files)
    for (const [, imported] of read(file).matchAll(/\b(?:from|import|import\()\s*"\.\/([^"]+\.js)"/g))
      if (existsSync(join(bundles, imported))) files.add(imported);
  return [...files];
}

/** Whether code imports or requires a package, a file of it, or asks where one is. */
function loads(text, name) {
  return new RegExp(`(?:\\bfrom|\\bimport|\\(|\\bresolve\\()\\s*["']${name}(?:/[^"']*)?["']`).test(text);
}

/** Without the packages within it: those that are needed have a place of their own. */
function addPackage(place, folder) {
  const skip = join(folder, 'node_modules');
  cpSync(folder, place, { recursive: true, filter: (path) => path !== skip && !superfluous.test(path) });
}

function read(file) {
  return readFileSync(join(bundles, file), 'utf8');
}

/** Whoever built it, and with whatever umask: the container's user is another, and may read all and write nothing. */
function forAllToRead(path) {
  if (!statSync(path).isDirectory()) return chmodSync(path, 0o644);
  chmodSync(path, 0o755);
  for (const name of readdirSync(path)) forAllToRead(join(path, name));
}
