// Servers for a benchmark alone: PostgreSQL with every commit on disk, RabbitMQ, Redis, and one that takes every mail, on ports of
// their own.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { SMTPServer } from 'smtp-server';
import { createDatabases, databaseUrl } from '../system/dist/databases.js';
import { removeLeftovers } from '../system/dist/servers/leftovers.js';
import { startPostgres } from '../system/dist/servers/postgres.js';
import { passingPlaces, postgresUser, reachableFolder } from '../system/dist/servers/postgres-user.js';
import { findPrograms, rabbitMq, redis } from '../system/dist/servers/programs.js';
import { startRabbitMq } from '../system/dist/servers/rabbitmq.js';
import { startRedis } from '../system/dist/servers/redis.js';
import { say } from '../scripts/launch/say.mjs';

const cache = resolve(import.meta.dirname, '../.cache');

/** Processes of servers, and (negative) groups of them, which whoever is told to end in the middle leaves not behind. */
const running = new Set();
process.once('exit', () => {
  for (const pid of running)
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended by itself.
    }
});

/** Runs `use` with the servers' URLs, and ends them, whatever comes of it. */
export async function withServers(use) {
  const folder = reachableFolder(postgresUser(), 'shop-tests', passingPlaces);
  writeFileSync(join(folder, 'owner'), String(process.pid));
  const own = (name) => {
    mkdirSync(join(folder, name));
    return join(folder, name);
  };
  const stops = [];
  const pids = [];
  const kept = (server) => {
    stops.unshift(() => server.stop());
    return server;
  };
  try {
    await removeLeftovers(dirname(folder), say);
    const [rabbitProgram, redisProgram] = await findPrograms([rabbitMq, redis], cache, say);
    const postgres = kept(await startPostgres({ folder: join(folder, 'postgres'), durable: true }, say));
    const rabbit = kept(await startRabbitMq(rabbitProgram, own('rabbitmq')));
    const cacheServer = kept(await startRedis(redisProgram, own('redis')));
    const mail = kept(await startMailServer());
    pids.push(...[postgres.pid, cacheServer.pid, ...rabbit.groups.map((leader) => -leader)].filter((pid) => pid !== 0));
    for (const pid of pids) running.add(pid);
    return await use({
      databaseUrl: postgres.url,
      brokerUrl: rabbit.url,
      redisUrl: cacheServer.url,
      mailUrl: mail.url,
    });
  } finally {
    for (const stop of stops) await stop();
    for (const pid of pids) running.delete(pid);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** In this process, which has nothing to do while others are under load. */
async function startMailServer() {
  const server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    onData: (mail, _session, done) => mail.resume().once('end', done),
  });
  // A mailer that is ended may leave in the middle of a word.
  server.on('error', () => undefined);
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    url: `smtp://127.0.0.1:${server.server.address().port}`,
    stop: () => new Promise((closed) => server.close(closed)),
  };
}

/** Another database on that server. Resolves to its URL. */
export async function madeDatabase(serverUrl, name) {
  await createDatabases(serverUrl, [name]);
  return databaseUrl(serverUrl, name);
}
