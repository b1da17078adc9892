import { z } from 'zod';
import { OutboxRelay } from './outbox-relay.js';
import type { Transactions } from './transactions.js';
import type { Bus } from '../messaging/bus.js';
import type { Exchange } from '../messaging/define-event.js';
import type { Telemetry } from '../telemetry/telemetry.js';

interface BusRelayOptions {
  readonly bus: Bus;
  readonly service: string;
  readonly transactions: Transactions;
  readonly databaseUrl: string;
  readonly telemetry: Telemetry;
}

const exchange: z.ZodType<Exchange> = z.enum(['order_exchange', 'product_exchange', 'logs_exchange']);

/** The relay from a service's outbox to the message broker. It waits while the broker is away. */
export function relayToBus({ bus, service, ...options }: BusRelayOptions): OutboxRelay {
  const relay = new OutboxRelay({
    ...options,
    destination: 'bus',
    isOpen: () => bus.connected,
    publish: (row) =>
      bus.publish({
        messageId: row.id,
        correlationId: row.correlationId,
        type: row.type,
        timestamp: row.createdAt.getTime(),
        appId: service,
        headers: row.headers,
        exchange: exchange.parse(row.exchange),
        body: row.body,
      }),
  });
  bus.onConnectionChange((connected) => connected && relay.retryNow());
  return relay;
}
