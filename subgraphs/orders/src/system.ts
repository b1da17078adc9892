import { verifierFor } from '@shop/shared/auth/token-verifier';
import { createBacking } from '@shop/shared/backing/create-backing';
import type { Backing } from '@shop/shared/backing/ports';
import type { Environment } from '@shop/shared/config/read-config';
import { relayToBus } from '@shop/shared/delivery/bus-relay';
import { DeliveryHousekeeping } from '@shop/shared/delivery/housekeeping';
import { Transactions } from '@shop/shared/delivery/transactions';
import { System, together } from '@shop/shared/lifecycle/system';
import { consumption } from '@shop/shared/messaging/consumption';
import { CartClient } from './clients/cart-client.js';
import { type Clock, systemClock } from './clock.js';
import { readOrdersConfig } from './config.js';
import { ordersServer } from './doors.js';
import { relayWakeUps } from './live-status/wake-up-relay.js';
import { WakeUps } from './live-status/wake-ups.js';
import { WatchOrders } from './live-status/watch-orders.js';
import { answerQueues, subscribeToAnswers } from './messaging/subscriptions.js';
import { measureOrders } from './order-metrics.js';
import { IntentStore } from './persistence/intent.store.js';
import { openDatabase } from './persistence/open-database.js';
import { OrderCounts } from './persistence/order-counts.js';
import { OrderReader } from './persistence/order-reader.js';
import { OrderStore } from './persistence/order.store.js';
import { LastConfirmation } from './sweeping/last-confirmation.js';
import { Sweeper } from './sweeping/sweeper.js';
import { AbandonCheckouts } from './use-cases/abandon-checkouts.js';
import { ChangeStatus } from './use-cases/change-status.js';
import { HearAnswer } from './use-cases/hear-answer.js';
import { PlaceOrder } from './use-cases/place-order.js';
import { TimeOutOrders } from './use-cases/time-out-orders.js';
import { ViewOrder } from './use-cases/view-order.js';

/** The orders service, wired. Throws `ConfigError` for settings that can't be used. */
export function createSystem(
  environment: Environment,
  backing: Backing = createBacking(environment, 'orders'),
  clock: Clock = systemClock,
): System {
  const config = readOrdersConfig(environment);
  const { telemetry, bus, pubsub } = backing;
  const { logger } = telemetry;

  const database = openDatabase(config, telemetry);
  const transactions = new Transactions(database, telemetry);
  const progress = measureOrders(telemetry.metrics, new OrderCounts(database), config.ORDER_TIMEOUT_S);
  const [orders, intents, reader] = [new OrderStore(progress), new IntentStore(database), new OrderReader(database)];
  const cart = new CartClient({
    url: config.CART_URL,
    timeoutMs: config.CART_TIMEOUT_MS,
    telemetry,
    identity: { secret: config.ORDERS_IDENTITY_SECRET, issuer: 'orders', audience: 'cart' },
  });

  const relayOptions = { transactions, databaseUrl: config.DATABASE_URL, telemetry };
  const eventRelay = relayToBus({ ...relayOptions, bus, service: 'orders' });
  const wakeUpRelay = relayWakeUps({ ...relayOptions, pubsub });

  const views = new ViewOrder(reader);
  const { CURRENCY: currency } = config;
  const placeOrder = new PlaceOrder({ transactions, intents, orders, cart, views, currency, clock });
  const changeStatus = new ChangeStatus(transactions, orders, views, clock);
  const watch = new WatchOrders(reader, views, new WakeUps(pubsub, logger), logger);
  subscribeToAnswers(bus, new HearAnswer(transactions, orders, clock));
  const timeOutOrders = new TimeOutOrders(transactions, orders);
  const sweeper = new Sweeper({
    ...{ bus, queues: answerQueues, clock, logger },
    abandonCheckouts: new AbandonCheckouts(transactions, intents),
    timeOutOrders,
    timeoutMs: config.ORDER_TIMEOUT_S * 1_000,
    intervalMs: config.SWEEP_INTERVAL_MS,
  });
  const verifier = verifierFor(config, logger);

  return new System('orders', [
    telemetry,
    database,
    pubsub,
    bus,
    new LastConfirmation(timeOutOrders, clock),
    together(eventRelay, wakeUpRelay),
    cart,
    together(
      consumption(bus),
      sweeper,
      new DeliveryHousekeeping({ database, logger, retentionDays: config.RETENTION_DAYS }),
    ),
    verifier,
    ordersServer({ config, telemetry, database, verifier, reader, views, placeOrder, changeStatus, watch }),
  ]);
}
