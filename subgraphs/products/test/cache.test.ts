import pg from 'pg';
import type { Backing, VersionedCache } from '@shop/shared/backing/ports';
import { RedisVersionedCache } from '@shop/shared/redis/redis-versioned-cache';
import { silentTelemetry } from '@shop/shared/telemetry/telemetry';
import { ProductsService, World } from './a-products-service.js';
import { eventually } from '../../../tests/support/eventually.js';
import { tcpProxy } from '../../../tests/support/tcp-proxy.js';

/** A cache whose server can be away. */
class FlakyCache implements VersionedCache {
  readonly name = 'flaky cache';
  away = false;

  constructor(private readonly inner: VersionedCache) {}

  get connected() {
    return this.inner.connected;
  }

  onReconnect = (listener: () => void) => this.inner.onReconnect(listener);

  start = () => this.inner.start();
  stop = () => this.inner.stop();

  getMany: VersionedCache['getMany'] = async (...asked) => this.there().getMany(...asked);
  setMany: VersionedCache['setMany'] = async (...set) => this.there().setMany(...set);
  setFirst: VersionedCache['setFirst'] = async (...set) => this.there().setFirst(...set);
  renew: VersionedCache['renew'] = async (...renewed) => this.there().renew(...renewed);

  private there(): VersionedCache {
    if (this.away) throw new Error('away');
    return this.inner;
  }
}

describe('the cache of products', () => {
  let world: World;
  beforeAll(async () => (world = await World.open()));
  afterAll(() => world.close());

  const cacheState = async (products: ProductsService, id: number) =>
    (await products.call('GET', `/products/${id}`)).headers.get('x-cache');

  it('is filled by the first read and by every write', async () => {
    const products = await ProductsService.start(world);
    const { id } = await products.product({ stock: 1 });
    expect(await cacheState(products, id)).toBe('HIT');
    expect(await cacheState(products, 999_999)).toBe('MISS');
    await products.call('PUT', `/products/${id}`, { stock: 7 });
    const read = await products.call('GET', `/products/${id}`);
    expect([read.headers.get('x-cache'), read.body]).toEqual([
      'HIT',
      expect.objectContaining({ stock: 7, version: 2 }),
    ]);
    await products.stop();
  });

  it('is read through when it is empty', async () => {
    const products = await ProductsService.start(world);
    const { id } = await products.product();
    // Its outbox is empty then. The other would hand over what is left in it, to its own cache.
    await products.stop();
    const other = await ProductsService.start(world, {
      REDIS_NAMESPACE: `${world.environment['REDIS_NAMESPACE']}other:`,
    });
    expect([await cacheState(other, id), await cacheState(other, id)]).toEqual(['MISS', 'HIT']);
    await other.stop();
  });

  it('is shared: what one process writes, the other reads at once', async () => {
    const [one, other] = [await ProductsService.start(world), await ProductsService.start(world)];
    const { id } = await one.product({ stock: 0 });
    for (let stock = 1; stock <= 30; stock += 1) {
      await (stock % 2 ? one : other).call('PUT', `/products/${id}`, { stock });
      expect(await (stock % 2 ? other : one).read(id)).toMatchObject({ stock, version: stock + 1 });
    }
    await one.stop();
    await other.stop();
  });

  const FIRST_PAGE = '{ products(first: 10) { edges { node { id stock } } } }';
  const listed = async (products: ProductsService, id: number) => {
    const { edges } = await products.field<{ edges: { node: { id: string; stock: number } }[] }>(FIRST_PAGE);
    return edges.find(({ node }) => node.id === String(id))?.node.stock;
  };

  it('holds first pages of the catalogue, until any process changes a product', async () => {
    const [one, other] = [await ProductsService.start(world), await ProductsService.start(world)];
    const { id } = await one.product({ stock: 0 });
    await eventually(async () => expect(await cacheState(other, id)).toBe('HIT'));
    const database = new pg.Client(world.environment['DATABASE_URL']);
    await database.connect();
    const setStock = (stock: number) => database.query('update products set stock = $2 where id = $1', [id, stock]);
    await eventually(async () => {
      await one.call('PUT', `/products/${id}`, { stock: 0 });
      const left = `select 1 from outbox where destination = 'redis' and published_at is null`;
      await eventually(async () => expect((await database.query(left)).rows).toEqual([]));
      expect(await listed(other, id)).toBe(0);
      // Nobody announces this change: so it is seen only by who reads the database.
      await setStock(1_000);
      const shown = await listed(one, id);
      await setStock(0);
      expect(shown).toBe(0);
    });
    await database.end();
    for (let stock = 1; stock <= 30; stock += 1) {
      await (stock % 2 ? one : other).call('PUT', `/products/${id}`, { stock });
      expect(await listed(stock % 2 ? other : one, id)).toBe(stock);
    }
    await one.call('DELETE', `/products/${id}`);
    expect(await listed(other, id)).toBeUndefined();
    await one.stop();
    await other.stop();
  });

  it('ends with the last version when writers and readers race, 30 times over', async () => {
    const [one, other] = [await ProductsService.start(world), await ProductsService.start(world)];
    for (let run = 0; run < 30; run += 1) {
      const { id } = await one.product({ stock: 1 });
      await Promise.all([
        one.call('PUT', `/products/${id}`, { stock: 2 }),
        other.read(id),
        other.call('PUT', `/products/${id}`, { stock: 3 }),
        one.read(id),
      ]);
      expect(await one.read(id)).toMatchObject({ version: 3 });
      expect(await other.read(id)).toEqual(await one.read(id));
    }
    await one.stop();
    await other.stop();
  });

  it('may be away: everything goes on, and the service stays ready', async () => {
    const products = await ProductsService.start(world, { REDIS_URL: 'redis://127.0.0.1:1' });
    const { id } = await products.product({ stock: 1 });
    await products.call('PUT', `/products/${id}`, { stock: 5 });
    const read = await products.call('GET', `/products/${id}`);
    expect([read.status, read.headers.get('x-cache'), read.body]).toEqual([
      200,
      'MISS',
      expect.objectContaining({ stock: 5 }),
    ]);
    const order = await products.request([[id, 5]]);
    expect(await products.answer(order)).toBe('stock.reserved');
    expect((await products.call('GET', '/readyz')).status).toBe(200);
    await products.stop();
  });

  it('never gives a reader an older version than one before, as Redis comes back with what it had', async () => {
    const redis = await tcpProxy(world.environment['REDIS_URL'] ?? '');
    const products = await ProductsService.start(world, { REDIS_URL: `redis://${redis.host}` });
    const made = await Promise.all(Array.from({ length: 5 }, () => products.product({ stock: 1 })));
    await eventually(async () => expect(await cacheState(products, made[0]?.id ?? 0)).toBe('HIT'));

    const database = new pg.Client(world.environment['DATABASE_URL']);
    await database.connect();
    const seen: number[][] = [];
    const look = async () => {
      const found = await Promise.all(made.map(({ id }) => products.read(id)));
      seen.push(found.map(({ version }) => version));
      // Its stock is its version here.
      expect(await listed(products, made[4]?.id ?? 0)).toBe(found[4]?.stock);
    };
    for (let outage = 2; outage < 4; outage += 1) {
      await redis.close();
      await Promise.all(made.map(({ id }) => products.call('PUT', `/products/${id}`, { stock: outage })));
      await look();
      // Another process's relay took the refreshes, and is slow.
      await database.query(`update outbox set claimed_until = now() + interval '2 seconds' where published_at is null`);
      await redis.open();
      await eventually(
        async () => {
          await look();
          expect(await cacheState(products, made[0]?.id ?? 0)).toBe('HIT');
        },
        { everyMs: 1, timeoutMs: 10_000 },
      );
      await look();
      expect(seen.at(-1)).toEqual(made.map(() => outage));
    }
    for (const [index, versions] of seen.entries())
      versions.forEach((version, product) => expect(version).toBeGreaterThanOrEqual(seen[index - 1]?.[product] ?? 1));
    await database.end();
    await products.stop();
    await redis.close();
  });

  it('learns what it missed once it is back', async () => {
    const { REDIS_URL: url = '', REDIS_NAMESPACE: namespace = '' } = world.environment;
    const cache = new FlakyCache(new RedisVersionedCache({ url, namespace, telemetry: silentTelemetry() }));
    const products = await ProductsService.start(world, {}, (backing: Backing) => ({ ...backing, cache }));
    const other = await ProductsService.start(world);
    const { id } = await products.product({ stock: 1 });
    expect((await other.read(id)).stock).toBe(1);
    cache.away = true;
    // The other process would repeat the refresh too: it must not be there to help.
    await other.stop();
    await products.call('PUT', `/products/${id}`, { stock: 9 });
    await products.call('DELETE', `/products/${(await products.product()).id}`);
    expect((await products.read(id)).stock).toBe(9);
    cache.away = false;
    await eventually(
      async () => {
        const [entry] = await cache.getMany([`products:1:${id}`]);
        expect(entry?.version).toBe(2);
      },
      { timeoutMs: 10_000 },
    );
    await products.stop();
  });
});
