import type { VersionedCache } from '@shop/shared/backing/ports';

/**
 * The cache, for as long as it can have missed nothing. After a loss, be it a set that failed or a reconnection, it may
 * hold versions older than readers got from the database meanwhile: it counts as away until whatever was committed
 * before that loss has reached it. It begins so, as nobody knows what an earlier process left undone.
 */
export class CaughtUpCache implements Pick<VersionedCache, 'getMany' | 'setMany' | 'setFirst' | 'renew'> {
  /** The last loss that was not made good; null when there is none. */
  private loss: { readonly at: number } | null = null;

  constructor(private readonly cache: VersionedCache) {
    this.lose();
    cache.onReconnect(() => this.lose());
  }

  getMany: VersionedCache['getMany'] = async (keys) => {
    if (this.loss) throw new Error('the cache is behind');
    return this.cache.getMany(keys);
  };

  setMany: VersionedCache['setMany'] = (entries, ttlSeconds) => this.orLose(this.cache.setMany(entries, ttlSeconds));

  renew: VersionedCache['renew'] = (key, ttlSeconds) => this.orLose(this.cache.renew(key, ttlSeconds));

  /** One that fails leaves nothing older behind. */
  setFirst: VersionedCache['setFirst'] = (...entry) => this.cache.setFirst(...entry);

  /**
   * Makes a loss good once `isComplete` says that everything committed until so many seconds ago has reached the cache.
   * A loss that happens meanwhile stands.
   */
  async catchUp(isComplete: (secondsAgo: number) => Promise<boolean>): Promise<void> {
    const { loss } = this;
    if (!loss || !this.cache.connected) return;
    if ((await isComplete((performance.now() - loss.at) / 1_000)) && this.loss === loss) this.loss = null;
  }

  private async orLose<Answer>(writing: Promise<Answer>): Promise<Answer> {
    try {
      return await writing;
    } catch (error) {
      this.lose();
      throw error;
    }
  }

  private lose(): void {
    this.loss = { at: performance.now() };
  }
}
