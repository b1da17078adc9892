import { globSync, readFileSync } from 'node:fs';

/** What every process reads. */
const SHARED = [
  'shared/src/config/read-config.ts',
  'shared/src/backing/create-backing.ts',
  'shared/src/telemetry/telemetry.ts',
];

/** Every setting that some configuration reads. */
export function knownSettings(): string[] {
  return settingsIn([...SHARED, ...globSync('{gateway,subgraphs/*}/src/config.ts')]);
}

/** The settings that only one service's configuration names, or the gateway's. */
export function ownSettings(name: string): string[] {
  return settingsIn([name === 'gateway' ? 'gateway/src/config.ts' : `subgraphs/${name}/src/config.ts`]);
}

/** As `knownSettings`, of one service. */
export function settingsOf(name: string): string[] {
  const seeding = name === 'auth' ? ['ADMIN_EMAIL', 'ADMIN_PASSWORD'] : [];
  return [...new Set([...settingsIn(SHARED), ...ownSettings(name), ...seeding])];
}

function settingsIn(files: readonly string[]): string[] {
  return files.flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/^ {2}([A-Z][A-Z_]+):/gm)].map(([, setting]) => setting ?? ''),
  );
}
