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
}
