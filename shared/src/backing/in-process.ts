import { MemoryPubSub } from './memory-pubsub.js';
import { MemoryVersionedCache } from './memory-versioned-cache.js';
import { LogChannel } from '../logging/log-channel.js';

/** What the services of one process share in place of Redis, and the log on its way to the logger. */
export class InProcess {
  readonly pubsub = new MemoryPubSub();
  readonly cache = new MemoryVersionedCache();
  readonly logs = new LogChannel();
}
