import { readFileSync } from 'node:fs';
import { load } from 'js-yaml';

/** A mount in its long form, or `./from:/to:ro`. */
export type Mount = string | { readonly type: string; readonly source: string; readonly target: string };

/** What we read of a service in docker-compose.yml. */
export interface ComposeService {
  readonly image?: string;
  readonly build?: { readonly context: string; readonly target: string };
  readonly command?: readonly string[];
  readonly user?: string;
  /** Without a value: passed on from whoever starts it. */
  readonly environment?: Readonly<Record<string, string | number | boolean | null>>;
  readonly volumes?: readonly Mount[];
  readonly ports?: readonly string[];
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
}

/** The services of docker-compose.yml, with variables put in as `given` says. */
export function composeServices(
  given: Readonly<Record<string, string>> = {},
): Readonly<Record<string, ComposeService>> {
  const text = readFileSync('docker-compose.yml', 'utf8').replace(
    /\$\{(\w+):-([^}]*)\}/g,
    (_, name: string, otherwise: string) => given[name] || otherwise,
  );
  return (load(text) as { services: Record<string, ComposeService> }).services;
}

/** The environment that a container of it gets of compose. */
export function environmentOf({ environment = {} }: ComposeService, given: Readonly<Record<string, string>>) {
  const entries = Object.entries(environment).flatMap(([name, value]) => {
    const known = value ?? given[name];
    return known === undefined ? [] : [[name, String(known)] as const];
  });
  return Object.fromEntries(entries);
}

/** The volume that is mounted at a place; undefined when none is. */
export function volumeAt({ volumes = [] }: ComposeService, place: string): string | undefined {
  const pairs = volumes.map((mount) => (typeof mount === 'string' ? mount.split(':') : [mount.source, mount.target]));
  return pairs.find(([, target]) => target === place)?.[0];
}
