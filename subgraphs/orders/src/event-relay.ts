import { orderRequested } from '@shop/shared/contracts/order-events';
import { relayToBus } from '@shop/shared/delivery/bus-relay';
import type { OutboxRelay } from '@shop/shared/delivery/outbox-relay';
import type { Bus } from '@shop/shared/messaging/bus';
import type { Transactions } from '@shop/shared/delivery/transactions';
import type { Telemetry } from '@shop/shared/telemetry/telemetry';
import type { Clock } from './clock.js';
import type { OrderStore } from './persistence/order.store.js';

interface EventRelayOptions {
  readonly bus: Bus;
  readonly orders: OrderStore;
  readonly clock: Clock;
  readonly transactions: Transactions;
  readonly databaseUrl: string;
  readonly telemetry: Telemetry;
}

/** The relay from the outbox to the broker. An order's time runs from the moment at which its request was confirmed. */
export function relayEvents({ orders, clock, ...options }: EventRelayOptions): OutboxRelay {
  return relayToBus({
    ...options,
    service: 'orders',
    onPublished: (rows) => {
      const requested = rows.filter(({ type }) => type === orderRequested.key).map((row) => row.correlationId);
      return requested.length > 0 ? orders.confirmation(requested, clock()) : undefined;
    },
  });
}
