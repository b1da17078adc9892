import { z } from 'zod';
import { ConfigError, readConfig } from '@shop/shared/config/read-config';
import type { Environment } from './environment.js';

/** `one`: the whole shop is one process. `each`: every service, and the gateway, is a process of its own. */
export type ProcessCount = 'one' | 'each';

const settings = z.object({ PROCESSES: z.enum(['one', 'each']).optional() });

/**
 * How many processes the shop is: what `PROCESSES` says, else `each` where there are servers by which they can meet.
 * @throws ConfigError for what is neither, and for `each` without such servers
 */
export function processCountOf(outer: Environment): ProcessCount {
  const { PROCESSES: told } = readConfig(outer, settings);
  const canMeet = Boolean(outer['RABBITMQ_URL'] && outer['REDIS_URL']);
  if (told === 'each' && !canMeet) throw new ConfigError(['PROCESSES: each needs RABBITMQ_URL and REDIS_URL']);
  return told ?? (canMeet ? 'each' : 'one');
}
