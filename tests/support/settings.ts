import { readFileSync } from 'node:fs';

const SHARED = ['shared/src/backing/create-backing.ts', 'shared/src/telemetry/telemetry.ts'];
const CONFIG = 'shared/src/config/read-config.ts';

/** The names of the settings that a file defines: the members of its schemas. */
export function settingsIn(file: string): string[] {
  return [...readFileSync(file, 'utf8').matchAll(/^ {2}([A-Z][A-Z_]+):/gm)].map(([, name]) => name ?? '');
}

/** The settings that a process reads: its own, and those of the groups of `read-config.ts` that it takes in. */
export function settingsReadBy(process: string): string[] {
  const file = process === 'gateway' ? 'gateway/src/config.ts' : `subgraphs/${process}/src/config.ts`;
  const config = readFileSync(file, 'utf8');
  const groups = readFileSync(CONFIG, 'utf8').matchAll(/^export const (\w+Variables) = \{\n(.*?)^\};/gms);
  const taken = [...groups].filter(([, name = '']) => config.includes(`...${name}`));
  const common = taken.flatMap(([, , body = '']) =>
    [...body.matchAll(/^ {2}([A-Z][A-Z_]+):/gm)].map(([, name]) => name ?? ''),
  );
  const backing = SHARED.flatMap(settingsIn).filter(
    (name) => process !== 'gateway' || !/^(RABBITMQ|BUS_DATABASE)_URL$/.test(name),
  );
  return [...new Set([...settingsIn(file), ...common, ...backing])];
}
