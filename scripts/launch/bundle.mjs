import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { workspaceFolders } from './build.mjs';

/** Where each process of the shop has its script: `.cache/processes/orders.js`. Two folders up is the repository, as from `dist`. */
export const processFolder = '.cache/processes';

/**
 * Loaded from node_modules as they are: graphql must be there once, also for what requires it; the others have files of
 * their own beside their code.
 */
export const packagesOutside = [
  ...['graphql', 'graphql-shield', 'graphql-middleware'],
  ...['@fastify/swagger-ui', '@node-rs/argon2', '@grpc/grpc-js', '@grpc/proto-loader', '@grpc/reflection'],
];

/** Not installed, and asked for only where they are wanted. */
const absent = ['class-validator', 'pg-native', 'typescript'];

/**
 * What packages load, by their name or scope, for what is never asked of them here. Of Apollo's: a client of subgraphs of its
 * own, reports to Apollo, drawings of plans; together a fifth of what the gateway would have to load. Of zod: messages in
 * fifty languages, of which it reads the English by itself.
 */
const neverAsked = {
  '@apollo': [
    ...['make-fetch-happen', 'ts-graphviz', '@opentelemetry/exporter-metrics-otlp-http'],
    ...['alibaba-cloud', 'aws', 'azure', 'gcp'].map((cloud) => `@opentelemetry/resource-detector-${cloud}`),
    '@opentelemetry/semantic-conventions/incubating',
  ],
  zod: ['../locales/index.js'],
};

/** Of the system, what containers run once before the services: made of the same pieces, so they are bundled with them. */
const preparations = {
  secrets: 'system/dist/containers/secrets.js',
  databases: 'system/dist/containers/databases.js',
};

/** `npm start`, with the whole system where it runs in one process. */
const launcher = { start: 'system/dist/start.js' };

/** What code that was written for `require` expects to find in a module. */
const forCommonJs = `import { createRequire as requireFrom } from 'node:module';
import { dirname as folderOf } from 'node:path';
import { fileURLToPath as pathOf } from 'node:url';
const require = requireFrom(import.meta.url), __filename = pathOf(import.meta.url), __dirname = folderOf(__filename);`;

/**
 * Puts all that a process loads, ours and the libraries', into few files, if anything has changed since: to find and read
 * thousands of small ones takes most of a process's start. Needs the output of `build`.
 * @param {string} root the repository's folder
 */
export async function bundle(root) {
  const outputs = workspaceFolders(root).flatMap((workspace) => filesIn(join(workspace, 'dist')));
  const newest = Math.max(...[...outputs, join(root, 'package-lock.json'), import.meta.filename].map(modified));
  const target = join(root, processFolder);
  if (modified(join(target, '.complete')) >= newest) return;
  const draft = `${target}.${process.pid}`;
  await write(root, draft);
  nameLess(draft);
  for (const file of outputs.filter((output) => output.endsWith('.proto'))) cpSync(file, join(draft, basename(file)));
  writeFileSync(join(draft, '.complete'), '');
  rmSync(target, { recursive: true, force: true });
  renameSync(draft, target);
}

async function write(root, draft) {
  // Loaded only when there is something to do, as the compiler.
  const { build: esbuild, stop } = await import('esbuild');
  const processes = workspaceFolders(root).filter((workspace) => existsSync(join(workspace, 'dist', 'main.js')));
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { recursive: true });
  try {
    await esbuild({
      absWorkingDir: root,
      entryPoints: {
        ...Object.fromEntries(processes.map((name) => [basename(name), join(name, 'dist', 'main.js')])),
        ...preparations,
        ...launcher,
      },
      outdir: draft,
      bundle: true,
      splitting: true,
      platform: 'node',
      format: 'esm',
      target: 'node24',
      // Names are read: by libraries those of their classes, by people those in a stack, as far as `nameLess` leaves them.
      keepNames: true,
      // A third less to read and to decode. Lines stay, for stacks to name them.
      ...{ minifyWhitespace: true, minifySyntax: true, lineLimit: 120 },
      // For NODE_OPTIONS=--enable-source-maps, which costs a start as much as it saves to load few files.
      sourcemap: 'linked',
      sourcesContent: false,
      legalComments: 'none',
      logLevel: 'error',
      external: [...packagesOutside.flatMap((name) => [name, `${name}/*`]), ...absent],
      // The package of that name, as everywhere else: what Node has of its own under it is deprecated.
      alias: { punycode: 'punycode/' },
      banner: { js: forCommonJs },
      plugins: [emptyModules(neverAsked)],
    });
  } finally {
    // It would stay for as long as we do, and we as long as it.
    await stop();
  }
}

/** What esbuild has every function and class go through that it keeps the name of. */
const NAMING = '__name=(target,value)=>__defProp(target,"name",{value,configurable:!0})';

/**
 * Gives no name to what has it already, nor to functions that are made without one: most of them are made anew at each request,
 * and each would get a property, and a shape, of its own.
 */
function nameLess(folder) {
  const less =
    '__name=(target,value)=>target.name===""||target.name===value?target:__defProp(target,"name",{value,configurable:!0})';
  let found = false;
  for (const file of filesIn(folder).filter((name) => name.endsWith('.js'))) {
    const code = readFileSync(file, 'utf8');
    if (!code.includes(NAMING)) continue;
    writeFileSync(file, code.replace(NAMING, less));
    found = true;
  }
  if (!found) throw new Error('esbuild keeps names in another way now');
}

/** Has esbuild put a module with nothing in it in the place of what these packages import; whoever else does gets the real one. */
function emptyModules(importedBy) {
  const namespace = 'empty';
  const paths = Object.values(importedBy).flat();
  // Told by esbuild itself, which would else ask about every import there is.
  const filter = new RegExp(`^(?:${paths.map((path) => path.replaceAll('.', '\\.')).join('|')})$`);
  return {
    name: 'empty modules',
    setup: (build) => {
      build.onResolve({ filter }, ({ path, importer }) => {
        const owner = Object.keys(importedBy).find((each) => importer.split(/[\\/]/).includes(each));
        return owner && importedBy[owner].includes(path) ? { path, namespace } : undefined;
      });
      build.onLoad({ filter: /^/, namespace }, () => ({ contents: 'module.exports = {};' }));
    },
  };
}

function filesIn(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

/** In ms; 0 when there is no such file. An output bears its source's time, so what counts is when it was put there. */
function modified(file) {
  return statSync(file, { throwIfNoEntry: false })?.ctimeMs ?? 0;
}
