import { Redis } from 'ioredis';

/** A product's version as Redis would give it to a reader. */
export interface CachedProduct {
  readonly id: number;
  readonly version: number;
}

/** Every product in the cache of a Redis, of this life of it: what earlier lives kept is found by nobody. */
export async function cachedProducts(redisUrl: string): Promise<CachedProduct[]> {
  const redis = new Redis(redisUrl);
  try {
    const life = /^run_id:(\w+)/m.exec(await redis.info('server'))?.[1] ?? '';
    const keys = await redis.keys(`*${life}*products:*`);
    const values = keys.length > 0 ? await redis.mget(keys) : [];
    return values.flatMap((value, index) => {
      const id = Number(keys[index]?.split(':').at(-1));
      return value === null ? [] : [{ id, version: Number.parseInt(value, 10) }];
    });
  } finally {
    redis.disconnect();
  }
}
