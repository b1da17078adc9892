import { randomUUID } from 'node:crypto';
import type { VersionedCache, VersionedEntry } from '@shop/shared/backing/ports';

const TTL_S = 60;

/** What every versioned cache must do. */
export function versionedCacheContract(newCache: () => Promise<VersionedCache>): void {
  let cache: VersionedCache;
  beforeEach(async () => (cache = await newCache()));
  afterEach(() => cache.stop());

  const set = (key: string, version: number, value: string | null) =>
    cache.setMany([{ key, entry: { version, value } }], TTL_S);
  const get = async (key: string): Promise<VersionedEntry | undefined> => (await cache.getMany([key]))[0];

  test('what was set is found, in the order of the keys, and what was not is missing', async () => {
    const [a, b, c] = [randomUUID(), randomUUID(), randomUUID()];
    await cache.setMany(
      [
        { key: a, entry: { version: 1, value: 'line one\nline two: Hải Phòng' } },
        { key: c, entry: { version: 12, value: '' } },
      ],
      TTL_S,
    );
    expect(await cache.getMany([c, b, a])).toEqual([
      { version: 12, value: '' },
      undefined,
      { version: 1, value: 'line one\nline two: Hải Phòng' },
    ]);
  });

  test('it is there, and nobody is told of a reconnection before there was a loss', async () => {
    let told = 0;
    const stop = cache.onReconnect(() => (told += 1));
    await set(randomUUID(), 1, 'calm');
    expect([cache.connected, told]).toEqual([true, 0]);
    stop();
  });

  test('nothing asked, nothing set: nothing happens', async () => {
    expect(await cache.getMany([])).toEqual([]);
    await expect(cache.setMany([], TTL_S)).resolves.toBeUndefined();
  });

  test('an older value that comes after a newer one loses', async () => {
    const key = randomUUID();
    await set(key, 10, 'new');
    await set(key, 9, 'old');
    expect(await get(key)).toEqual({ version: 10, value: 'new' });
    await set(key, 11, 'newest');
    expect(await get(key)).toEqual({ version: 11, value: 'newest' });
  });

  test('a tombstone beats an older value, whichever comes first', async () => {
    const [first, second] = [randomUUID(), randomUUID()];
    await set(first, 3, null);
    await set(first, 2, 'gone');
    await set(second, 2, 'gone');
    await set(second, 3, null);
    expect(await cache.getMany([first, second])).toEqual([
      { version: 3, value: null },
      { version: 3, value: null },
    ]);
  });

  test('of many writers at once the highest version stays', async () => {
    const key = randomUUID();
    const versions = Array.from({ length: 100 }, (_, index) => index + 1).sort(() => Math.random() - 0.5);
    await Promise.all(versions.map((version) => set(key, version, `v${version}`)));
    expect(await get(key)).toEqual({ version: 100, value: 'v100' });
  });

  test('of two entries of one key in one call the higher version stays', async () => {
    const key = randomUUID();
    await cache.setMany(
      [
        { key, entry: { version: 2, value: 'two' } },
        { key, entry: { version: 1, value: 'one' } },
      ],
      TTL_S,
    );
    expect(await get(key)).toEqual({ version: 2, value: 'two' });
  });

  test('the first entry of a version stays, and whoever sets one after it is told', async () => {
    const key = randomUUID();
    const setFirst = (version: number, value: string) => cache.setFirst(key, { version, value }, TTL_S);
    expect(await setFirst(5, 'first: of all')).toEqual({ version: 5, value: 'first: of all' });
    expect(await setFirst(5, 'second')).toEqual({ version: 5, value: 'first: of all' });
    expect(await setFirst(4, 'older')).toEqual({ version: 5, value: 'first: of all' });
    expect(await setFirst(6, 'newer')).toEqual({ version: 6, value: 'newer' });
    expect(await get(key)).toEqual({ version: 6, value: 'newer' });
  });

  test('of many who set an entry of the same version at once all are told the same', async () => {
    const key = randomUUID();
    const told = await Promise.all(
      Array.from({ length: 50 }, (_, n) => cache.setFirst(key, { version: 1, value: `v${n}` }, TTL_S)),
    );
    expect(new Set(told.map(({ value }) => value)).size).toBe(1);
    expect(await get(key)).toEqual(told[0]);
  });

  test('a key that is renewed has a version that it never had, whoever renews it', async () => {
    const key = randomUUID();
    const versions = await Promise.all(Array.from({ length: 50 }, () => cache.renew(key, TTL_S)));
    expect(new Set(versions).size).toBe(50);
    expect(versions.every(Number.isSafeInteger)).toBe(true);
    expect(await get(key)).toEqual({ version: Math.max(...versions), value: null });
    const above = Math.max(...versions) + 1e12;
    await set(key, above, 'above');
    expect(await cache.renew(key, TTL_S)).toBe(above + 1);
  });
}
