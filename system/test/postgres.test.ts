import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { createDatabases, databaseUrl } from '../src/databases.js';
import { leaseDatabase } from '../src/servers/database-lease.js';
import { canReach, passingPlaces, postgresUser, reachableFolder } from '../src/servers/postgres-user.js';
import { startPostgres } from '../src/servers/postgres.js';
import { until } from '../src/servers/until.js';

describe('a PostgreSQL of our own', () => {
  let folder: string;
  const start = () => startPostgres({ folder: join(folder, 'postgres'), durable: false }, () => undefined);
  beforeAll(() => (folder = reachableFolder(postgresUser(), 'shop-postgres-test', passingPlaces)));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('is taken up again by the next launcher, stopped, and started again with its data', async () => {
    const first = await start();
    await createDatabases(first.url, ['orders', 'bus']);
    await createDatabases(first.url, ['orders', 'bus', 'cart']);

    const second = await start();
    expect(second).toMatchObject({ url: first.url, reused: true });
    await second.stop();

    const third = await start();
    try {
      expect(third.reused).toBe(false);
      const client = new pg.Client(databaseUrl(third.url, 'cart'));
      await client.connect();
      await client.end();
    } finally {
      await third.stop();
    }
  });

  it('knows how many launchers use it', async () => {
    const server = await start();
    try {
      const one = await leaseDatabase(server.url);
      const two = await leaseDatabase(server.url);
      expect(await one.others()).toBe(1);
      await two.end();
      const alone = async () => (await one.others()) === 0;
      await until(alone, { seconds: 5, failure: () => 'the ended lease still counts' });
      await one.end();
    } finally {
      await server.stop();
    }
  });

  it('says which server it could not prepare, without the password', async () => {
    const attempt = createDatabases('postgres://shop:secret@127.0.0.1:1/postgres', ['orders']);
    await expect(attempt).rejects.toThrow("The databases can't be prepared on PostgreSQL at 127.0.0.1:1");
    await expect(attempt).rejects.not.toThrow('secret');
  });
});

describe('the first start of a PostgreSQL', () => {
  let folder: string;
  const quiet = () => undefined;
  beforeEach(() => (folder = reachableFolder(postgresUser(), 'shop-postgres-first', passingPlaces)));
  afterEach(() => rmSync(folder, { recursive: true }));

  it('shares one server with another first start at the same time, and clears old drafts away', async () => {
    const goneChild = spawnSync(process.execPath, ['--version']).pid;
    mkdirSync(join(folder, `data.draft-${goneChild}-abc`));
    const start = () => startPostgres({ folder, durable: false }, quiet);
    const [one, two] = await Promise.all([start(), start()]);
    try {
      expect(one.url).toBe(two.url);
      expect(readdirSync(folder).filter((name) => name.startsWith('data.'))).toEqual([]);
    } finally {
      await one.stop();
    }
  });

  it('leaves nothing behind when it is told to stop', async () => {
    const interruption = new AbortController();
    const start = startPostgres({ folder, durable: false, signal: interruption.signal }, quiet);
    await until(() => readdirSync(folder).some((name) => name.startsWith('data.draft')), {
      seconds: 10,
      failure: () => 'no cluster is being made',
    });
    interruption.abort();
    await expect(start).rejects.toThrow();
    expect(readdirSync(folder).filter((name) => name.startsWith('data'))).toEqual([]);
  });
});

describe('the folder for another user', () => {
  it('is unreachable below a folder that is closed to others', () => {
    const closed = mkdtempSync(join(passingPlaces[0] ?? '/tmp', 'shop-closed-'));
    try {
      expect(canReach({ uid: 65_534, gid: 65_534 }, join(closed, 'deep', 'down'))).toBe(false);
      expect(canReach(undefined, closed)).toBe(true);
    } finally {
      rmSync(closed, { recursive: true });
    }
  });

  it('runs PostgreSQL as nobody when we are root, whom it refuses', () => {
    const nobody = /^nobody:[^:]*:(\d+)/m.exec(readFileSync('/etc/passwd', 'utf8'))?.[1];
    expect(postgresUser()?.uid).toBe(process.getuid?.() === 0 ? Number(nobody ?? 65_534) : undefined);
  });
});
