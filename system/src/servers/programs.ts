import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { debianPackages } from './debian-packages.js';
import type { Say } from './say.js';

/** A server's program, and what its environment needs besides ours. */
export interface Program {
  readonly path: string;
  readonly environment: Record<string, string>;
}

/** A server that tests need, and the ways to come by it. */
export interface Wanted {
  readonly title: string;
  readonly variable: 'RABBITMQ_URL' | 'REDIS_URL';
  readonly debianPackage: string;
  readonly homebrew: string;
  /** Where to look, in this order: a bare name is looked up on the PATH. */
  readonly programs: readonly string[];
}

/** Debian's rabbitmq-server on the PATH insists on its own system user; the one behind it runs as anybody. */
export const rabbitMq: Wanted = {
  title: 'RabbitMQ',
  variable: 'RABBITMQ_URL',
  debianPackage: 'rabbitmq-server',
  homebrew: 'rabbitmq',
  programs: ['/usr/lib/rabbitmq/bin/rabbitmq-server', 'rabbitmq-server'],
};

export const redis: Wanted = {
  title: 'Redis',
  variable: 'REDIS_URL',
  debianPackage: 'redis-server',
  homebrew: 'redis',
  programs: ['redis-server'],
};

/**
 * The programs of the wanted servers, in their order: those of this machine, else from Debian packages, installed
 * (as root) or unpacked under `cache` (as anybody else).
 * @throws one sentence that names the variable to set when there is no way to a server
 */
export async function findPrograms(wanted: readonly Wanted[], cache: string, say: Say): Promise<Program[]> {
  const missing = wanted.filter((server) => !onThisMachine(server));
  const debian = await debianPackages(missing, cache, say);
  return wanted.map((server) => onThisMachine(server) ?? debian?.find(server) ?? notFound(server));
}

function onThisMachine(server: Wanted): Program | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const candidates = server.programs.flatMap((name) =>
    name.startsWith('/') ? [name] : folders.map((folder) => join(folder, name)),
  );
  const path = candidates.find((candidate) => existsSync(candidate));
  return path === undefined ? undefined : { path, environment: {} };
}

function notFound({ title, variable, homebrew }: Wanted): never {
  const way = process.platform === 'darwin' ? `run "brew install ${homebrew}"` : 'put its server program on the PATH';
  throw new Error(`The tests need ${title}, and this machine has none: set ${variable} to a server's URL, or ${way}.`);
}
