import { verifierFor } from '@shop/shared/auth/token-verifier';
import { createBacking } from '@shop/shared/backing/create-backing';
import type { Backing } from '@shop/shared/backing/ports';
import type { Environment } from '@shop/shared/config/read-config';
import { relayToBus } from '@shop/shared/delivery/bus-relay';
import { DeliveryHousekeeping } from '@shop/shared/delivery/housekeeping';
import { Transactions } from '@shop/shared/delivery/transactions';
import { openApi } from '@shop/shared/http/openapi';
import { WebServer } from '@shop/shared/http/web-server';
import { System, together } from '@shop/shared/lifecycle/system';
import { consumption } from '@shop/shared/messaging/consumption';
import type { PaymentProvider } from './clients/payment-provider.js';
import { SimulatedProvider } from './clients/simulated-provider.js';
import { TimedProvider } from './clients/timed-provider.js';
import { readPaymentsConfig } from './config.js';
import { paymentsGraphql } from './graphql/payments-graphql.js';
import { subscribe } from './messaging/subscriptions.js';
import { openDatabase } from './persistence/open-database.js';
import { PaymentStore } from './persistence/payment.store.js';
import { paymentsRoutes } from './rest/payments.routes.js';
import { CancelPayment } from './use-cases/cancel-payment.js';
import { PaymentSteps } from './use-cases/payment-steps.js';
import { PaymentReconciler } from './use-cases/reconcile-payments.js';
import { RequestPayment } from './use-cases/request-payment.js';
import { SettlePayment } from './use-cases/settle-payment.js';

/** How often payments that were left open are looked for, in ms. */
const SWEEP_MS = 1_000;

/** Puts a provider between the service and the one it would use: for tests. */
export type ProviderWrapping = (provider: PaymentProvider) => PaymentProvider;

/** The payments service, wired: charges what orders ask for, refunds what is cancelled. */
export function createSystem(
  environment: Environment,
  backing: Backing = createBacking(environment, 'payments'),
  wrapProvider: ProviderWrapping = (provider) => provider,
): System {
  const config = readPaymentsConfig(environment);
  const now = () => new Date();
  const { telemetry, bus } = backing;
  const { logger } = telemetry;

  const database = openDatabase(config, telemetry);
  const transactions = new Transactions(database, telemetry);
  const relay = relayToBus({ bus, service: 'payments', transactions, databaseUrl: config.DATABASE_URL, telemetry });

  const payments = new PaymentStore(database);
  const simulated = new SimulatedProvider(database, {
    declineAbove: config.PAYMENT_DECLINE_ABOVE,
    latencyMs: config.PAYMENT_LATENCY_MS,
  });
  const provider = new TimedProvider(wrapProvider(simulated), config.PAYMENT_TIMEOUT_MS);
  const retrySeconds = config.PAYMENT_RETRY_S;
  const steps = new PaymentSteps(payments, now, retrySeconds);
  const settlePayment = new SettlePayment(transactions, steps, provider);
  subscribe(bus, {
    requestPayment: new RequestPayment(transactions, steps, settlePayment),
    cancelPayment: new CancelPayment(transactions, steps, settlePayment),
    provider: provider.name,
  });
  const reconciler = new PaymentReconciler({ payments, settlePayment, logger, now, retrySeconds, sweepMs: SWEEP_MS });

  const verifier = verifierFor(config, logger);
  const webServer = new WebServer({
    host: config.HOST,
    port: config.PORT,
    telemetry,
    access: config,
    readiness: async () => ({ database: await database.isReachable() }),
    doors: [
      openApi({ title: 'Payments', description: 'Charges what orders ask for, refunds what is cancelled.' }),
      paymentsRoutes(payments, verifier),
      paymentsGraphql({ payments, verifier, telemetry }),
    ],
  });

  return new System('payments', [
    telemetry,
    database,
    bus,
    relay,
    together(
      consumption(bus),
      reconciler,
      new DeliveryHousekeeping({ database, logger, retentionDays: config.RETENTION_DAYS }),
    ),
    verifier,
    webServer,
  ]);
}
