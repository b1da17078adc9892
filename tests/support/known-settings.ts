import { globSync, readFileSync } from 'node:fs';

const GROUPS = 'shared/src/config/read-config.ts';
const BACKING = ['shared/src/backing/create-backing.ts', 'shared/src/telemetry/telemetry.ts'];
/** What every process reads. */
const SHARED = [GROUPS, ...BACKING];
const configOf = (name: string) => (name === 'gateway' ? 'gateway/src/config.ts' : `subgraphs/${name}/src/config.ts`);

/** Every setting that some configuration reads. */
export function knownSettings(): string[] {
  return settingsIn([...SHARED, ...globSync('{gateway,subgraphs/*}/src/config.ts')]);
}

/** The settings that only one service's configuration names, or the gateway's. */
export function ownSettings(name: string): string[] {
  return settingsIn([configOf(name)]);
}

/** As `knownSettings`, of one service. */
export function settingsOf(name: string): string[] {
  const seeding = name === 'auth' ? ['ADMIN_EMAIL', 'ADMIN_PASSWORD'] : [];
  return [...new Set([...settingsIn(SHARED), ...ownSettings(name), ...seeding])];
}

/** The settings that a process reads, and no more: its own, and those of the groups of `read-config.ts` that it takes in. */
export function settingsReadBy(name: string): string[] {
  const config = readFileSync(configOf(name), 'utf8');
  const groups = readFileSync(GROUPS, 'utf8').matchAll(/^export const (\w+Variables) = \{\n(.*?)^\};/gms);
  const taken = [...groups].filter(([, group = '']) => config.includes(`...${group}`));
  const backing = settingsIn(BACKING).filter(
    (setting) => name !== 'gateway' || !/^(RABBITMQ|BUS_DATABASE)_URL$/.test(setting),
  );
  return [...new Set([...ownSettings(name), ...taken.flatMap(([, , body = '']) => membersIn(body)), ...backing])];
}

function settingsIn(files: readonly string[]): string[] {
  return files.flatMap((file) => membersIn(readFileSync(file, 'utf8')));
}

/** The members of schemas, by how they are written. */
function membersIn(text: string): string[] {
  return [...text.matchAll(/^ {2}([A-Z][A-Z_]+):/gm)].map(([, setting]) => setting ?? '');
}
