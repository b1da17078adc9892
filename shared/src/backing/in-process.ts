import { MemoryPubSub } from './memory-pubsub.js';
import { MemoryVersionedCache } from './memory-versioned-cache.js';

/** What the services of one process share in place of Redis. */
export class InProcess {
  readonly pubsub = new MemoryPubSub();
  readonly cache = new MemoryVersionedCache();
}
