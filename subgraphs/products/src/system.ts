import { verifierFor } from '@shop/shared/auth/token-verifier';
import { createBacking } from '@shop/shared/backing/create-backing';
import type { Backing } from '@shop/shared/backing/ports';
import type { Environment } from '@shop/shared/config/read-config';
import { relayToBus } from '@shop/shared/delivery/bus-relay';
import { DeliveryHousekeeping } from '@shop/shared/delivery/housekeeping';
import { Transactions } from '@shop/shared/delivery/transactions';
import { graphqlDoor } from '@shop/shared/graphql/graphql-door';
import { openApi } from '@shop/shared/http/openapi';
import { type Door, WebServer } from '@shop/shared/http/web-server';
import { component, System, together } from '@shop/shared/lifecycle/system';
import { consumption } from '@shop/shared/messaging/consumption';
import { readProductsConfig } from './config.js';
import { createLoaders } from './graphql/loaders.js';
import { buildProductsSubgraph } from './graphql/schema.js';
import { subscribe } from './messaging/subscriptions.js';
import { CaughtUpCache } from './persistence/caught-up-cache.js';
import { openDatabase } from './persistence/open-database.js';
import { PageCache } from './persistence/page-cache.js';
import { ProductLists } from './persistence/product-list.js';
import { ProductReader } from './persistence/product-reader.js';
import { ProductStore } from './persistence/product.store.js';
import { relayToCache } from './persistence/relay-to-cache.js';
import { ReservationStore } from './persistence/reservation.store.js';
import { productRoutes } from './rest/products.routes.js';
import { seedProducts } from './seed-products.js';
import type { Catalogue } from './use-cases/catalogue.js';
import { CreateProducts } from './use-cases/create-products.js';
import { DeleteProduct } from './use-cases/delete-product.js';
import { ReleaseStock } from './use-cases/release-stock.js';
import { ReserveStock } from './use-cases/reserve-stock.js';
import { SeedCatalogue } from './use-cases/seed-catalogue.js';
import { UpdateProduct } from './use-cases/update-product.js';

/** The products service: the catalogue, and the stock that orders hold. */
export function createSystem(
  environment: Environment,
  backing: Backing = createBacking(environment, 'products'),
): System {
  const config = readProductsConfig(environment);
  const { telemetry, bus, cache } = backing;
  const { logger } = telemetry;

  const database = openDatabase(config, telemetry);
  const transactions = new Transactions(database, telemetry);
  const store = new ProductStore(database);
  const caughtUp = new CaughtUpCache(cache);
  const lists = new ProductLists(database, new PageCache(caughtUp, telemetry));
  const reader = new ProductReader(store, caughtUp, telemetry);
  const catalogue: Catalogue = {
    reader,
    store,
    list: (filter, sort, page) => lists.page(filter, sort, page),
    create: new CreateProducts(transactions, store, reader),
    update: new UpdateProduct(transactions, store, reader),
    delete: new DeleteProduct(transactions, store, reader),
  };

  const delivery = { transactions, databaseUrl: config.DATABASE_URL, telemetry };
  const relays = together(
    relayToBus({ bus, service: 'products', ...delivery }),
    relayToCache({ cache, caughtUp, database, ...delivery }),
  );

  const reservations = new ReservationStore();
  subscribe(
    bus,
    new ReserveStock(transactions, store, reservations, reader),
    new ReleaseStock(transactions, store, reservations, reader, logger),
  );

  const seeding = component(
    'seed',
    async () => {
      if (config.SEED === 'true') await new SeedCatalogue(transactions, store).run(seedProducts, new Date());
    },
    async () => undefined,
  );

  const verifier = verifierFor(config, logger);
  const graphql: Door = async (app, access) => {
    const { schema } = await buildProductsSubgraph(catalogue, config.CURRENCY);
    await graphqlDoor({ schema, verifier, telemetry, loaders: () => createLoaders(reader) })(app, access);
  };
  if (config.CATALOG_WRITES === 'public')
    logger.warn('CATALOG_WRITES=public: anyone may write the catalogue by REST, without a token');
  const web = new WebServer({
    host: config.HOST,
    port: config.PORT,
    telemetry,
    access: config,
    readiness: async () => ({ database: await database.isReachable() }),
    doors: [
      openApi({ title: 'Products', description: 'The catalogue, and the stock that orders hold.' }),
      productRoutes({ catalogue, verifier, writes: config.CATALOG_WRITES }),
      graphql,
    ],
  });

  return new System('products', [
    telemetry,
    database,
    cache,
    bus,
    relays,
    seeding,
    together(consumption(bus), new DeliveryHousekeeping({ database, logger, retentionDays: config.RETENTION_DAYS })),
    verifier,
    web,
  ]);
}
