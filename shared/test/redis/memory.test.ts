import { InProcess } from '@shop/shared/backing/in-process';
import { MemoryVersionedCache } from '@shop/shared/backing/memory-versioned-cache';
import { pubSubContract } from './pubsub-contract.js';
import { versionedCacheContract } from './versioned-cache-contract.js';

describe('pub/sub in the process', () => {
  pubSubContract(async () => {
    const { pubsub } = new InProcess();
    return [pubsub, pubsub];
  });
});

describe('cache in the process', () => {
  versionedCacheContract(async () => new InProcess().cache);

  test('the least recently used entries go first', async () => {
    const cache = new MemoryVersionedCache(2);
    const entry = (key: string) => ({ key, entry: { version: 1, value: key } });
    await cache.setMany([entry('a'), entry('b')], 60);
    await cache.getMany(['a']);
    await cache.setMany([entry('c')], 60);
    const values = (await cache.getMany(['a', 'b', 'c'])).map((found) => found?.value);
    expect(values).toEqual(['a', undefined, 'c']);
  });

  test('an entry lives as long as it was told to', async () => {
    let now = 0;
    const cache = new MemoryVersionedCache(10, () => now);
    await cache.setMany([{ key: 'a', entry: { version: 5, value: 'a' } }], 1);
    now = 999;
    expect(await cache.getMany(['a'])).toEqual([{ version: 5, value: 'a' }]);
    now = 1_000;
    expect(await cache.getMany(['a'])).toEqual([undefined]);
    await cache.setMany([{ key: 'a', entry: { version: 1, value: 'again' } }], 1);
    expect(await cache.getMany(['a'])).toEqual([{ version: 1, value: 'again' }]);
  });
});
