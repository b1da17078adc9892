import type { PubSub } from '@shop/shared/backing/ports';
import { OutboxRelay } from '@shop/shared/delivery/outbox-relay';
import type { Database } from '@shop/shared/persistence/database';
import type { Telemetry } from '@shop/shared/telemetry/telemetry';
import { channelOf, toWakeUp } from './wake-up.js';

interface WakeUpRelayOptions {
  readonly pubsub: PubSub;
  readonly database: Database;
  readonly databaseUrl: string;
  readonly telemetry: Telemetry;
}

/** The relay from the outbox to Redis. It never waits for the broker, nor the broker's relay for it. */
export function relayWakeUps({ pubsub, ...options }: WakeUpRelayOptions): OutboxRelay {
  return new OutboxRelay({
    ...options,
    destination: 'redis',
    publish: async ({ body }) => {
      const wakeUp = toWakeUp(body);
      await pubsub.publish(channelOf(wakeUp.user_id), JSON.stringify(wakeUp));
    },
  });
}
