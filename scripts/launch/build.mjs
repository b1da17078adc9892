import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { swcOptions } from './swc-options.mjs';

/**
 * Transpiles every workspace's src/ to its dist/, file by file: only what has changed since, all other files
 * (.html, .graphql, ...) copied as they are, outputs without a source removed. Types are checked elsewhere.
 * @param {string} root the repository's folder
 * @returns {Promise<number>} how many files were written
 */
export async function build(root) {
  const plans = workspaceFolders(root).map(planFor);
  const stale = plans.flatMap((plan) => plan.stale);
  for (const orphan of plans.flatMap((plan) => plan.orphans)) rmSync(orphan);
  // Loaded only when there is something to do: the compiler's own start takes longer than a start without it.
  const swc = stale.some(({ source }) => isTypeScript(source)) ? (await import('@swc/core')).default : undefined;
  await Promise.all(stale.map((file) => write(swc, file)));
  return stale.length;
}

/** The folders of all workspaces, found by their package.json. */
export function workspaceFolders(root) {
  const services = readdirSync(join(root, 'subgraphs')).map((name) => join('subgraphs', name));
  return ['shared', 'gateway', ...services, 'system']
    .map((name) => join(root, name))
    .filter((folder) => existsSync(join(folder, 'package.json')) && existsSync(join(folder, 'src')));
}

function planFor(workspace) {
  const src = join(workspace, 'src');
  const dist = join(workspace, 'dist');
  const optionsChanged = modified(new URL('./swc-options.mjs', import.meta.url));
  const files = filesIn(src)
    .filter((source) => !/\.test\.ts$|\.d\.ts$/.test(source))
    .map((source) => ({
      source,
      output: join(dist, relative(src, source)).replace(/\.ts$/, '.js'),
      version: Math.max(modified(source), optionsChanged),
    }));
  const outputs = new Set(files.map(({ output }) => output));
  return {
    stale: files.filter(({ output, version }) => Math.abs(modified(output) - version) >= 1),
    orphans: filesIn(dist).filter((file) => !outputs.has(file)),
  };
}

/**
 * An output bears the time of its source, so that a source which was replaced by an older one is noticed too. It gets
 * its name when it is whole: an interrupted build must not leave half a file that looks up to date.
 */
async function write(swc, { source, output, version }) {
  const draft = `${output}.part`;
  mkdirSync(dirname(output), { recursive: true });
  if (isTypeScript(source))
    writeFileSync(draft, (await swc.transformFile(source, { ...swcOptions, swcrc: false })).code);
  else cpSync(source, draft);
  utimesSync(draft, version / 1000, version / 1000);
  renameSync(draft, output);
}

const isTypeScript = (file) => file.endsWith('.ts');

/** When a file was last written, in ms; 0 when there is none. */
function modified(file) {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function filesIn(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesIn(path) : [path];
  });
}
