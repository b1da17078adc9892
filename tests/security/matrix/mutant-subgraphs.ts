import { verifierFor } from '@shop/shared/auth/token-verifier';
import { type ServiceName, servicePorts } from '@shop/shared/backing/roster';
import { graphqlDoor, type GraphqlDoorOptions } from '@shop/shared/graphql/graphql-door';
import { allow } from '@shop/shared/graphql/shield';
import { WebServer } from '@shop/shared/http/web-server';
import type { Database } from '@shop/shared/persistence/database';
import { silentTelemetry } from '@shop/shared/telemetry/telemetry';
import { logLoaders } from '@shop/logger/graphql/loaders';
import { loggerSchema } from '@shop/logger/graphql/logger-schema';
import { permissions as loggerPermissions } from '@shop/logger/graphql/permissions';
import { EntryStore } from '@shop/logger/persistence/entry.store';
import { openDatabase as openLogger } from '@shop/logger/persistence/open-database';
import { paymentLoaders } from '@shop/payments/graphql/loaders';
import { paymentsSchema } from '@shop/payments/graphql/payments-schema';
import { openDatabase as openPayments } from '@shop/payments/persistence/open-database';
import { PaymentStore } from '@shop/payments/persistence/payment.store';
import type { RunningShop } from '../../e2e/running-shop.js';

/** A subgraph that lacks a check, over the database of the running shop's own. */
export interface Mutant {
  readonly origin: string;
  stop(): Promise<void>;
}

/** The logger without the rule for `Query.logs`, and without those for what it leads to. */
export async function loggerWithoutRules(shop: RunningShop): Promise<Mutant> {
  const database = openLogger({ DATABASE_URL: shop.database('logger'), DATABASE_POOL: 2 });
  const entries = new EntryStore(database);
  const rules = loggerPermissions as Record<string, unknown>;
  const whole = { ...rules };
  Object.assign(rules, { Query: { logs: allow }, LogEntry: allow, LogEntryEdge: allow, LogEntryConnection: allow });
  const { schema } = await loggerSchema(entries).finally(() => Object.assign(rules, whole));
  return serve(shop, 'logger', database, { schema, loaders: () => logLoaders(entries) });
}

/** Payments that never look at whose a payment is. */
export async function paymentsOfAnybody(shop: RunningShop): Promise<Mutant> {
  const database = openPayments({ DATABASE_URL: shop.database('payments'), DATABASE_POOL: 2 });
  const payments = new PaymentStore(database);
  const { schema } = await paymentsSchema();
  const administrator = {
    userId: '1',
    role: 'ADMIN',
    email: '',
    username: '',
    expiresAt: Infinity,
    token: '',
  } as const;
  return serve(shop, 'payments', database, { schema, loaders: () => paymentLoaders(payments, administrator) });
}

async function serve<Loaders>(
  shop: RunningShop,
  service: ServiceName,
  database: Database,
  door: Pick<GraphqlDoorOptions<Loaders>, 'schema' | 'loaders'>,
): Promise<Mutant> {
  const telemetry = silentTelemetry(service);
  const AUTH_JWKS_URL = `${shop.service(servicePorts.auth)}/.well-known/jwks.json`;
  const verifier = verifierFor({ AUTH_JWKS_URL, JWT_ISSUER: 'shop', JWT_AUDIENCE: 'shop' }, telemetry.logger);
  const server = new WebServer({
    ...{ host: '127.0.0.1', port: 0, telemetry, access: { SUBGRAPH_ACCESS: 'open' } as const },
    readiness: async () => ({}),
    doors: [graphqlDoor({ ...door, verifier, telemetry })],
  });
  await database.start();
  await server.start();
  return {
    origin: `http://127.0.0.1:${server.port}`,
    stop: async () => {
      await server.stop();
      await database.stop();
    },
  };
}
