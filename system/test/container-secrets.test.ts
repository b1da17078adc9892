import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import pg from 'pg';
import { gatewaySecretFor } from '@shop/shared/auth/gateway-secret';
import { databaseUrl } from '../src/databases.js';
import { containerSecrets } from '../src/containers/container-files.js';
import { createOwnedDatabase } from '../src/containers/owned-databases.js';
import { writeSecrets } from '../src/containers/write-secrets.js';
import { required } from '../../tests/support/test-environment.js';

const folder = mkdtempSync(join(tmpdir(), 'shop-secrets-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the secrets of containers', () => {
  const of = (name: 'auth' | 'orders' | 'cart' | 'gateway' | 'databases', given = {}) =>
    parseEnv(containerSecrets(folder, given).files[name]['shop.env'] ?? '');

  it('are made once', () => {
    expect(containerSecrets(folder, {})).toEqual(containerSecrets(folder, {}));
    const other = containerSecrets(join(folder, 'other'), {});
    expect(other.files.redis).not.toEqual(containerSecrets(folder, {}).files.redis);
  });

  it('reach those alone who need them', () => {
    const [auth, orders, cart, gateway] = [of('auth'), of('orders'), of('cart'), of('gateway')];
    expect(auth['JWT_PRIVATE_KEY']).toMatch(/^-----BEGIN PRIVATE KEY-----\n[^-]+\n-----END PRIVATE KEY-----$/);
    expect(Object.keys(orders).toSorted()).toEqual([
      'DATABASE_URL',
      'GATEWAY_SECRET',
      'ORDERS_IDENTITY_SECRET',
      'RABBITMQ_URL',
      'REDIS_URL',
    ]);
    expect(cart['ORDERS_IDENTITY_SECRET']).toBe(orders['ORDERS_IDENTITY_SECRET']);
    expect(gateway).not.toHaveProperty('DATABASE_URL');
    expect(orders['GATEWAY_SECRET']).toBe(gatewaySecretFor('orders', gateway['GATEWAY_SECRET'] ?? ''));
    expect(new URL(orders['DATABASE_URL'] ?? '')).toMatchObject({
      username: 'orders',
      hostname: 'postgres',
      pathname: '/orders',
    });
    expect(of('databases')['ORDERS_DATABASE_URL']).toBe(orders['DATABASE_URL']);
  });

  it('take passwords that are given, and refuse those that would mean something else in a URL or a configuration', () => {
    const { files, toShow } = containerSecrets(join(folder, 'given'), {
      REDIS_PASSWORD: 'sixteen-letters-',
      ADMIN_PASSWORD: `it's "so"`,
    });
    expect(files.redis).toEqual({ password: 'sixteen-letters-', 'redis.conf': 'requirepass sixteen-letters-\n' });
    expect(parseEnv(toShow)).toMatchObject({
      REDIS_URL: 'redis://:sixteen-letters-@127.0.0.1:6379',
      ADMIN_PASSWORD: `it's "so"`,
    });
    for (const REDIS_PASSWORD of ['short', 'with space and more', 'with@sign-and-more'])
      expect(() => containerSecrets(folder, { REDIS_PASSWORD })).toThrow(/^REDIS_PASSWORD must be/);
  });
});

describe('the passwords of a second start', () => {
  const first = {
    POSTGRES_PASSWORD: 'the-first-of-postgres',
    RABBITMQ_PASSWORD: 'the-first-of-rabbitmq',
    REDIS_PASSWORD: 'the-first-of-redis-itself',
    INGEST_TOKEN: 'the-first-of-the-logger',
    ADMIN_PASSWORD: `the "first" of 'all'`,
  };
  const started = () => {
    const own = mkdtempSync(join(folder, 'started-'));
    return { own, before: containerSecrets(own, first) };
  };

  it('are those of the first when none are given, or the same', () => {
    const { own, before } = started();
    expect(before.objection).toBeUndefined();
    expect(containerSecrets(own, {})).toEqual(before);
    expect(containerSecrets(own, { POSTGRES_PASSWORD: '', ADMIN_PASSWORD: '' })).toEqual(before);
    expect(containerSecrets(own, first)).toEqual(before);
    expect(parseEnv(before.files.auth['shop.env'] ?? '')['ADMIN_PASSWORD']).toBe(first.ADMIN_PASSWORD);
  });

  it.each(Object.keys(first))('stay those of the first when another %s is given, which is objected to', (name) => {
    const { own, before } = started();
    const { objection, ...after } = containerSecrets(own, { ...first, [name]: 'another-than-at-the-first-start' });
    expect({ ...after, objection: undefined }).toEqual(before);
    expect(objection).toMatch(new RegExp(`^Not what the shop was first started with: ${name}\\. Leave out`));
  });

  it('stay made up when they are given later, and are all named at once', () => {
    const own = mkdtempSync(join(folder, 'started-'));
    const before = containerSecrets(own, {});
    const { objection, toShow } = containerSecrets(own, first);
    expect(toShow).toBe(before.toShow);
    expect(objection).toMatch(
      /: POSTGRES_PASSWORD, RABBITMQ_PASSWORD, REDIS_PASSWORD, ADMIN_PASSWORD, INGEST_TOKEN\. /,
    );
  });

  it('that are others leave what was written for each container as it was', () => {
    const root = mkdtempSync(join(folder, 'root-'));
    const redis = () => readFileSync(join(root, 'redis', 'password'), 'utf8');
    writeSecrets(root, { REDIS_PASSWORD: first.REDIS_PASSWORD });
    expect(redis()).toBe(first.REDIS_PASSWORD);
    expect(() => writeSecrets(root, { REDIS_PASSWORD: 'another-than-at-the-first-start' })).toThrow(
      /^Not what the shop/,
    );
    expect(redis()).toBe(first.REDIS_PASSWORD);
    writeSecrets(root, {});
    expect(redis()).toBe(first.REDIS_PASSWORD);
  });

  it('are not kept of a start for which one of them could not be used', () => {
    const own = mkdtempSync(join(folder, 'started-'));
    for (const unfit of [{ REDIS_PASSWORD: 'short' }, { ADMIN_PASSWORD: 'short' }, { ADMIN_PASSWORD: `"all' \`kinds` }])
      expect(() => containerSecrets(own, { ...first, ...unfit })).toThrow(/^(REDIS|ADMIN)_PASSWORD /);
    const good = { ...first, POSTGRES_PASSWORD: 'what-was-meant-all-along' };
    expect(containerSecrets(own, good).objection).toBeUndefined();
  });
});

describe('a database that a service owns', () => {
  const user = `own_${randomBytes(6).toString('hex')}`;
  const server = required('DATABASE_URL');
  const name = `db_${user}`;
  const ask = async (url: string, statement: string) => {
    const client = new pg.Client({ connectionString: url });
    try {
      await client.connect();
      return (await client.query<Record<string, unknown>>(statement)).rows;
    } finally {
      await client.end().catch(() => undefined);
    }
  };
  const as = (password: string, database = name) => {
    const url = new URL(databaseUrl(server, database));
    [url.username, url.password] = [user, password];
    return url.href;
  };
  afterAll(async () => {
    await ask(server, `drop database if exists "${name}" with (force)`);
    await ask(server, `drop role if exists "${user}"`);
  });

  it('is for that user alone, with the password that was given last', async () => {
    await createOwnedDatabase(server, { name, user, password: 'first' });
    await createOwnedDatabase(server, { name, user, password: 'second' });
    await ask(as('second'), 'create table own (id serial primary key)');
    expect(await ask(as('second'), 'select count(*)::int as count from own')).toEqual([{ count: 0 }]);
    await createOwnedDatabase(server, { name: `${name}_2`, user: `${user}_2`, password: 'x' });
    await expect(ask(as('second', `${name}_2`), 'select 1')).rejects.toThrow(/permission denied for database/);
    await ask(server, `drop database "${name}_2"`);
    await ask(server, `drop role "${user}_2"`);
    const rights = await ask(
      server,
      `select rolsuper or rolcreatedb or rolcreaterole as any from pg_roles where rolname = '${user}'`,
    );
    expect(rights).toEqual([{ any: false }]);
  });

  it('has become the user’s with all that an administrator had made in it', async () => {
    const made = databaseUrl(server, name);
    await ask(
      made,
      'create table kept (id serial primary key); create view seen as select * from kept; create function f() returns int language sql as $$ select 1 $$',
    );
    await createOwnedDatabase(server, { name, user, password: 'third' });
    await ask(
      as('third'),
      'alter table kept add column more text; insert into kept default values; drop view seen; drop function f()',
    );
    expect(await ask(as('third'), 'select id from kept')).toEqual([{ id: 1 }]);
  });
});
