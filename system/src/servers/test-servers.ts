import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { removeLeftovers } from './leftovers.js';
import { passingPlaces, postgresUser, reachableFolder } from './postgres-user.js';
import { startPostgres } from './postgres.js';
import { chromium, findPrograms, prometheus, rabbitMq, redis } from './programs.js';
import { startRabbitMq } from './rabbitmq.js';
import { startRedis } from './redis.js';
import type { Say } from './say.js';
import { postgresUrl, rabbitUrl, redisUrl } from './server-url.js';

/** Where the servers are, and the programs, under the names that the tests' environment has for them. */
export interface ServerUrls {
  readonly DATABASE_URL: string;
  readonly RABBITMQ_URL: string;
  readonly RABBITMQ_MANAGEMENT_URL: string;
  readonly REDIS_URL: string;
  readonly CHROMIUM_PATH: string;
  readonly PROMETHEUS_PATH: string;
}

/** Real servers for the tests. `stop` ends those that were started here, and removes their files. */
export interface TestServers {
  readonly urls: ServerUrls;
  stop(): Promise<void>;
}

interface Started {
  readonly urls: Partial<ServerUrls>;
  stop(): Promise<void>;
}

/**
 * PostgreSQL, RabbitMQ and Redis for the tests, each by its URL in `given`, else a private one of our own on free ports;
 * a browser, and Prometheus.
 * @param cache folder for downloaded servers, kept from one run to the next
 * @throws one sentence that says what to set or install when there is no way to one of them
 */
export async function provideTestServers(given: Partial<ServerUrls>, cache: string, say: Say): Promise<TestServers> {
  if (given.DATABASE_URL) postgresUrl('DATABASE_URL', given.DATABASE_URL);
  if (given.RABBITMQ_URL) rabbitUrl('RABBITMQ_URL', given.RABBITMQ_URL);
  if (given.REDIS_URL) redisUrl('REDIS_URL', given.REDIS_URL);
  const folder = reachableFolder(postgresUser(), 'shop-tests', passingPlaces);
  writeFileSync(join(folder, 'owner'), String(process.pid));
  await removeLeftovers(dirname(folder), say);
  const results = await Promise.allSettled([postgres(given, folder, say), programs(given, folder, cache, say)]);
  const started = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value].flat() : []));
  const stop = async (): Promise<void> => {
    await Promise.allSettled(started.map((server) => server.stop()));
    rmSync(folder, { recursive: true, force: true });
  };
  const failure = results.find((result) => result.status === 'rejected');
  if (failure) {
    await stop();
    throw failure.reason;
  }
  const urls = Object.assign({}, ...started.map((server) => server.urls)) as ServerUrls;
  return { urls, stop };
}

async function postgres(given: Partial<ServerUrls>, folder: string, say: Say): Promise<Started> {
  if (given.DATABASE_URL) return asGiven({ DATABASE_URL: given.DATABASE_URL });
  const server = await startPostgres({ folder: join(folder, 'postgres'), durable: false }, say);
  return { urls: { DATABASE_URL: server.url }, stop: server.stop };
}

async function programs(given: Partial<ServerUrls>, folder: string, cache: string, say: Say): Promise<Started[]> {
  for (const { variable } of [chromium, prometheus]) {
    const path = given[variable];
    if (path && !existsSync(path)) throw new Error(`${variable} is ${path}, and there is no such program.`);
  }
  const wanted = [rabbitMq, redis, chromium, prometheus].filter((server) => !given[server.variable]);
  const found = new Map((await findPrograms(wanted, cache, say)).map((program, index) => [wanted[index], program]));
  const rabbitProgram = found.get(rabbitMq);
  const redisProgram = found.get(redis);
  const starts = await Promise.allSettled([
    rabbitProgram ? rabbit(startRabbitMq(rabbitProgram, own(folder, 'rabbitmq'))) : asGiven(rabbitUrls(given)),
    redisProgram
      ? cacheOf(startRedis(redisProgram, own(folder, 'redis')))
      : asGiven({ REDIS_URL: given.REDIS_URL ?? '' }),
  ]);
  const started = starts.flatMap((start) => (start.status === 'fulfilled' ? [start.value] : []));
  const failure = starts.find((start) => start.status === 'rejected');
  const paths = [chromium, prometheus].map((program) =>
    asGiven({ [program.variable]: found.get(program)?.path ?? given[program.variable] ?? '' }),
  );
  if (!failure) return [...started, ...paths];
  await Promise.allSettled(started.map((server) => server.stop()));
  throw failure.reason;
}

async function rabbit(starting: ReturnType<typeof startRabbitMq>): Promise<Started> {
  const server = await starting;
  return { urls: { RABBITMQ_URL: server.url, RABBITMQ_MANAGEMENT_URL: server.managementUrl }, stop: server.stop };
}

async function cacheOf(starting: ReturnType<typeof startRedis>): Promise<Started> {
  const server = await starting;
  return { urls: { REDIS_URL: server.url }, stop: server.stop };
}

/** The management interface of a given RabbitMQ is taken to be on its usual port, 15672, with the same login. */
function rabbitUrls({ RABBITMQ_URL = '', RABBITMQ_MANAGEMENT_URL }: Partial<ServerUrls>): Partial<ServerUrls> {
  const { username, password, hostname } = new URL(RABBITMQ_URL);
  const usual = `http://${username || 'guest'}:${password || 'guest'}@${hostname}:15672`;
  return { RABBITMQ_URL, RABBITMQ_MANAGEMENT_URL: RABBITMQ_MANAGEMENT_URL ?? usual };
}

function asGiven(urls: Partial<ServerUrls>): Started {
  return { urls, stop: async () => undefined };
}

function own(folder: string, name: string): string {
  const path = join(folder, name);
  mkdirSync(path, { recursive: true });
  return path;
}
