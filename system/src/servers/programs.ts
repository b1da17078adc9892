import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { debianPackages } from './debian-packages.js';
import type { Say } from './say.js';

/** A server's program, and what its environment needs besides ours. */
export interface Program {
  readonly path: string;
  readonly environment: Record<string, string>;
}

/** A program that tests need, and the ways to come by it. */
export interface Wanted {
  readonly title: string;
  readonly variable: 'RABBITMQ_URL' | 'REDIS_URL' | 'CHROMIUM_PATH' | 'PROMETHEUS_PATH';
  /** What that variable holds. */
  readonly value: string;
  readonly debianPackage: string;
  /** Whether its Debian package works from any folder, so that nobody need be root. */
  readonly unpacks: boolean;
  readonly homebrew: string;
  /** Where to look, in this order: a bare name is looked up on the PATH. */
  readonly programs: readonly string[];
}

/** Debian's rabbitmq-server on the PATH insists on its own system user; the one behind it runs as anybody. */
export const rabbitMq: Wanted = {
  title: 'RabbitMQ',
  variable: 'RABBITMQ_URL',
  value: "a server's URL",
  debianPackage: 'rabbitmq-server',
  unpacks: true,
  homebrew: 'rabbitmq',
  programs: ['/usr/lib/rabbitmq/bin/rabbitmq-server', 'rabbitmq-server'],
};

export const redis: Wanted = {
  title: 'Redis',
  variable: 'REDIS_URL',
  value: "a server's URL",
  debianPackage: 'redis-server',
  unpacks: true,
  homebrew: 'redis',
  programs: ['redis-server'],
};

/** What reads the metrics, dashboards and alert rules in the tests. Its promtool lies beside it. */
export const prometheus: Wanted = {
  title: 'Prometheus',
  variable: 'PROMETHEUS_PATH',
  value: "Prometheus' program, with promtool beside it",
  debianPackage: 'prometheus',
  unpacks: true,
  homebrew: 'prometheus',
  programs: ['prometheus'],
};

/** The browser in which tests use the pages. */
export const chromium: Wanted = {
  title: 'Chromium',
  variable: 'CHROMIUM_PATH',
  value: "a Chromium's or Chrome's program",
  debianPackage: 'chromium',
  unpacks: false,
  homebrew: '--cask google-chrome',
  programs: [
    'chromium',
    'chromium-browser',
    'google-chrome',
    'google-chrome-stable',
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
  ],
};

/**
 * The wanted programs, in their order: those of this machine, else from Debian packages, installed (as root) or, where
 * they can be, unpacked under `cache` (as anybody else).
 * @throws one sentence that names the variable to set when there is no way to one of them
 */
export async function findPrograms(wanted: readonly Wanted[], cache: string, say: Say): Promise<Program[]> {
  const isRoot = process.getuid?.() === 0;
  const missing = wanted.filter((program) => !onThisMachine(program) && (isRoot || program.unpacks));
  const debian = await debianPackages(missing, cache, say);
  return wanted.map((program) => onThisMachine(program) ?? debian?.find(program) ?? notFound(program));
}

function onThisMachine({ programs }: Wanted): Program | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const candidates = programs.flatMap((name) =>
    name.startsWith('/') ? [name] : folders.map((folder) => join(folder, name)),
  );
  const path = candidates.find((candidate) => existsSync(candidate));
  return path === undefined ? undefined : { path, environment: {} };
}

function notFound({ title, variable, value, homebrew }: Wanted): never {
  const way = process.platform === 'darwin' ? `run "brew install ${homebrew}"` : 'put its program on the PATH';
  throw new Error(`The tests need ${title}, and this machine has none: set ${variable} to ${value}, or ${way}.`);
}
