import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { run } from './processes.js';
import type { Program, Wanted } from './programs.js';
import { type Say, sayingProgress } from './say.js';

/** Where to find the programs of Debian packages that were just made available. */
export interface DebianPrograms {
  find(server: Wanted): Program | undefined;
}

/**
 * Makes the wanted programs available from Debian's archive: installs them when we are root, else unpacks them and what
 * they depend on below `cache`. Undefined when nothing is wanted or this machine has no apt.
 */
export async function debianPackages(
  wanted: readonly Wanted[],
  cache: string,
  say: Say,
): Promise<DebianPrograms | undefined> {
  if (wanted.length === 0 || !existsSync('/usr/bin/apt-get')) return undefined;
  const names = wanted.map((server) => server.debianPackage);
  const titles = wanted.map((server) => server.title).join(' and ');
  if (process.getuid?.() === 0) {
    say(`Installing ${titles} for the tests, from Debian packages (apt-get) ...`);
    await sayingProgress(say, `Installing ${titles}`, install(names));
    return { find: (server) => existing('', server, {}) };
  }
  const root = join(cache, 'debian', 'root');
  const complete = join(cache, 'debian', names.join('+'));
  if (!existsSync(complete)) {
    say(`Downloading ${titles} for the tests, from Debian packages, into ${join(cache, 'debian')} ...`);
    await sayingProgress(say, `Downloading ${titles}`, unpack(names, join(cache, 'debian'), root));
    writeFileSync(complete, '');
  }
  return { find: (server) => existing(root, server, environmentOf(root)) };
}

const quiet = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' };
const withoutExtras = ['-y', '-q', '--no-install-recommends'];

async function install(names: readonly string[]): Promise<void> {
  await run('apt-get', ['update', '-q'], { env: quiet });
  await withServicesKeptFromStarting(() => run('apt-get', ['install', ...withoutExtras, ...names], { env: quiet }));
}

/** Debian starts a server as it installs it, unless this script, when there is one, forbids it (man 8 invoke-rc.d). */
async function withServicesKeptFromStarting(work: () => Promise<unknown>): Promise<void> {
  const policy = '/usr/sbin/policy-rc.d';
  const aside = `${policy}.before-shop`;
  if (existsSync(policy)) renameSync(policy, aside);
  try {
    writeFileSync(policy, '#!/bin/sh\nexit 101\n');
    chmodSync(policy, 0o755);
    await work();
  } finally {
    rmSync(policy, { force: true });
    if (existsSync(aside)) renameSync(aside, policy);
  }
}

/** apt with package lists and archives of its own needs no root, and downloads just what this machine lacks. */
async function unpack(names: readonly string[], folder: string, root: string): Promise<void> {
  const lists = join(folder, 'lists');
  const archives = join(folder, 'archives');
  for (const path of [join(lists, 'partial'), join(archives, 'partial'), root]) mkdirSync(path, { recursive: true });
  const own = ['Debug::NoLocking=1', `Dir::State::lists=${lists}`, `Dir::Cache=${folder}`].flatMap((option) => [
    '-o',
    option,
  ]);
  await run('apt-get', [...own, '-q', 'update'], { env: quiet });
  await run('apt-get', [...own, ...withoutExtras, '--download-only', 'install', ...names], { env: quiet });
  for (const archive of readdirSync(archives).filter((name) => name.endsWith('.deb'))) {
    await run('dpkg', ['-x', join(archives, archive), root]);
  }
  relocateErlang(root);
}

/** Erlang's start script has its home written into it. */
function relocateErlang(root: string): void {
  const script = join(root, 'usr/lib/erlang/bin/erl');
  if (!existsSync(script)) return;
  const text = readFileSync(script, 'utf8').replaceAll('ROOTDIR=/usr/lib/erlang', `ROOTDIR="${root}/usr/lib/erlang"`);
  writeFileSync(script, text);
}

function existing(root: string, server: Wanted, environment: Record<string, string>): Program | undefined {
  const candidates = server.programs.map((name) =>
    name.startsWith('/') ? `${root}${name}` : `${root}/usr/bin/${name}`,
  );
  const path = candidates.find((candidate) => existsSync(candidate));
  return path === undefined ? undefined : { path, environment };
}

function environmentOf(root: string): Record<string, string> {
  const parents = [join(root, 'usr/lib'), join(root, 'lib')].filter((folder) => existsSync(folder));
  const libraries = parents.flatMap((parent) =>
    readdirSync(parent)
      .filter((name) => name.endsWith('-linux-gnu'))
      .map((name) => join(parent, name)),
  );
  return {
    PATH: `${root}/usr/bin:${process.env['PATH'] ?? ''}`,
    LD_LIBRARY_PATH: [...libraries, process.env['LD_LIBRARY_PATH']].filter(Boolean).join(':'),
  };
}
