import { SpanKind } from '@opentelemetry/api';
import type { PubSub } from '@shop/shared/backing/ports';
import { OutboxRelay } from '@shop/shared/delivery/outbox-relay';
import type { Transactions } from '@shop/shared/delivery/transactions';
import type { Telemetry } from '@shop/shared/telemetry/telemetry';
import { traceHeaders } from '@shop/shared/telemetry/trace-context';
import { channelOf, toWakeUp } from './wake-up.js';

interface WakeUpRelayOptions {
  readonly pubsub: PubSub;
  readonly transactions: Transactions;
  readonly databaseUrl: string;
  readonly telemetry: Telemetry;
}

/** The relay from the outbox to Redis. It never waits for the broker, nor the broker's relay for it. */
export function relayWakeUps({ pubsub, ...options }: WakeUpRelayOptions): OutboxRelay {
  const relay = new OutboxRelay({
    ...options,
    destination: 'redis',
    publish: ({ body, type }) => {
      const wakeUp = toWakeUp(body);
      const attributes = { 'messaging.system': 'redis', 'messaging.message.conversation_id': wakeUp.order_uuid };
      return options.telemetry.tracing.inSpan(`publish ${type}`, { kind: SpanKind.PRODUCER, attributes }, () =>
        pubsub.publish(channelOf(wakeUp.user_id), JSON.stringify({ ...wakeUp, ...traceHeaders() })),
      );
    },
  });
  pubsub.onReconnect(() => relay.retryNow());
  return relay;
}
