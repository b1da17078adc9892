import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findPrograms, rabbitMq } from '@shop/system/servers/programs';
import { startRabbitMq } from '@shop/system/servers/rabbitmq';

/** A RabbitMQ of the test's own, for what would disturb others on a shared one. */
export interface OwnBroker {
  readonly url: string;
  /** Makes it as if its memory had run out: it takes no publications any more, and says so to who publishes. */
  block(): Promise<void>;
  unblock(): Promise<void>;
  /** Ends it. */
  drop(): Promise<void>;
}

/** Starts it, which takes some 10 s. */
export async function ownBroker(): Promise<OwnBroker> {
  const [program] = await findPrograms([rabbitMq], '.cache', () => undefined);
  if (!program) throw new Error('there is no RabbitMQ');
  const folder = mkdtempSync(join(tmpdir(), 'shop-broker-'));
  const server = await startRabbitMq(program, folder);
  return {
    url: server.url,
    block: () => server.control('set_vm_memory_high_watermark', 'absolute', '1'),
    unblock: () => server.control('set_vm_memory_high_watermark', '0.6'),
    drop: async () => {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
