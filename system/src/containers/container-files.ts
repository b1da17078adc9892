import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { serviceNames, type ServiceName } from '@shop/shared/backing/roster';
import { environments, type Environment } from '../environment.js';
import { planPorts, processNames, type ProcessName } from '../ports.js';
import { developmentSecrets } from '../secrets.js';
import { keptSecret, randomSecret } from '../servers/kept-secret.js';

/** What one container may know that no other may: files, by name. */
export type SecretFiles = Readonly<Record<string, string>>;

/** Everything secret of a shop that runs in containers. */
export interface ContainerSecrets {
  /** By the container's name. */
  readonly files: Readonly<Record<ProcessName | 'postgres' | 'rabbitmq' | 'redis' | 'databases', SecretFiles>>;
  /** What somebody on this machine needs to run a shop, or a demo, against the same servers. */
  readonly toShow: string;
  /** One sentence for those that were given, but are others than the kept ones; undefined when there are none. */
  readonly objection: string | undefined;
}

/** The file that Node reads as a container starts (`--env-file-if-exists`). */
const SETTINGS = 'shop.env';
/** Of a process's environment, what is secret. Where the others are is no secret: compose says it. */
const SECRET = [
  ...['JWT_PRIVATE_KEY', 'ORDERS_IDENTITY_SECRET', 'GATEWAY_SECRET', 'ADMIN_PASSWORD', 'INGEST_TOKEN'],
  ...['RABBITMQ_URL', 'REDIS_URL'],
];

/**
 * The secrets of a shop in containers: made on the first call and kept in `folder`. Passwords in `given` (POSTGRES_PASSWORD,
 * RABBITMQ_PASSWORD, REDIS_PASSWORD, INGEST_TOKEN, ADMIN_PASSWORD) are kept as they are, unless there are some already: what
 * was made with those knows no others.
 * @throws one sentence for a given one that can't be used
 */
export function containerSecrets(folder: string, given: Environment): ContainerSecrets {
  const chosen = chosenOf(given);
  const others: string[] = [];
  const password = (name: keyof typeof chosen): string => {
    const first = kept(folder, name, chosen[name]);
    if (chosen[name] !== undefined && chosen[name] !== first) others.push(name);
    return first;
  };
  const postgres = password('POSTGRES_PASSWORD');
  const rabbitmq = password('RABBITMQ_PASSWORD');
  const redis = password('REDIS_PASSWORD');
  const servers = (host: (name: string) => string) => ({
    DATABASE_URL: `postgres://shop:${postgres}@${host('postgres')}:5432/postgres`,
    RABBITMQ_URL: `amqp://shop:${rabbitmq}@${host('rabbitmq')}:5672`,
    REDIS_URL: `redis://:${redis}@${host('redis')}:6379`,
  });
  const within = servers((name) => name);
  const databaseUrl = (service: ServiceName): string =>
    `postgres://${service}:${kept(folder, `${service}-database`)}@postgres:5432/${service}`;

  const ADMIN_PASSWORD = password('ADMIN_PASSWORD');
  const secrets = developmentSecrets(folder);
  const outer = { ...within, INGEST_TOKEN: password('INGEST_TOKEN'), ADMIN_PASSWORD };
  const each = environments({ outer, ports: planPorts({}), secrets, serverUrl: within.DATABASE_URL });
  const processes = processNames.map((name) => [
    name,
    {
      [SETTINGS]: settings({
        ...Object.fromEntries(SECRET.map((variable) => [variable, each[name][variable]])),
        ...(name !== 'gateway' && { DATABASE_URL: databaseUrl(name) }),
      }),
    },
  ]);
  return {
    files: {
      ...(Object.fromEntries(processes) as Record<ProcessName, SecretFiles>),
      postgres: { password: postgres },
      rabbitmq: { 'rabbitmq.conf': `default_user = shop\ndefault_pass = ${rabbitmq}\n` },
      redis: { password: redis, 'redis.conf': `requirepass ${redis}\n` },
      databases: {
        [SETTINGS]: settings({
          DATABASE_URL: within.DATABASE_URL,
          ...Object.fromEntries(serviceNames.map((name) => [`${name.toUpperCase()}_DATABASE_URL`, databaseUrl(name)])),
        }),
      },
    },
    toShow: settings({ ...servers(() => '127.0.0.1'), ADMIN_PASSWORD }),
    objection: others.length > 0 ? objectionTo(others) : undefined,
  };
}

function objectionTo(names: readonly string[]): string {
  return (
    `Not what the shop was first started with: ${names.join(', ')}. Leave out what is not, or give it as it was ` +
    '(`docker compose run --rm secrets secrets.js show`); `docker compose down --volumes` deletes all data, and begins anew.'
  );
}

/** The passwords that are given, all of them read before any is kept. @throws one sentence for one that can't be used */
function chosenOf(given: Environment) {
  const ADMIN_PASSWORD = given['ADMIN_PASSWORD']?.trim() || undefined;
  settings({ ADMIN_PASSWORD });
  if (ADMIN_PASSWORD !== undefined && !/^.{8,128}$/.test(ADMIN_PASSWORD))
    throw new Error('ADMIN_PASSWORD must be 8 to 128 letters in one line, or not be given: then one is made up.');
  return {
    POSTGRES_PASSWORD: plain('POSTGRES_PASSWORD', given),
    RABBITMQ_PASSWORD: plain('RABBITMQ_PASSWORD', given),
    REDIS_PASSWORD: plain('REDIS_PASSWORD', given),
    INGEST_TOKEN: plain('INGEST_TOKEN', given),
    ADMIN_PASSWORD,
  };
}

/** It stands in URLs and in the configuration of servers, so it has none of the letters that mean something there. */
function plain(name: string, given: Environment): string | undefined {
  const value = given[name];
  if (!value) return undefined;
  if (/^[A-Za-z0-9._~-]{16,}$/.test(value)) return value;
  throw new Error(`${name} must be 16 or more letters, digits and ._~-, or not be given: then one is made up.`);
}

/** The one that is there; else `wanted`, or one that is made up, from now on. */
function kept(folder: string, name: string, wanted?: string): string {
  const file = join(folder, 'secrets', name.toLowerCase().replaceAll('_', '-'));
  return keptSecret(file, () => wanted ?? randomSecret(24));
}

/** As Node reads it again (`util.parseEnv`). Throws for a value that can't be written so. */
function settings(values: Environment): string {
  const present = Object.entries(values).filter(([, value]) => value !== undefined);
  const lines = present.map(([name, value = '']) => `${name}=${quoted(value)}\n`);
  const read = parseEnv(lines.join(''));
  for (const [name, value] of present)
    if (read[name] !== value) throw new Error(`${name} has quotes of every kind, which no file of settings can hold.`);
  return lines.join('');
}

function quoted(value: string): string {
  const quote = [`'`, '"', '`'].find((candidate) => !value.includes(candidate)) ?? '"';
  return quote + value + quote;
}
