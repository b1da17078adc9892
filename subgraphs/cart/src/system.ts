import { verifierFor } from '@shop/shared/auth/token-verifier';
import { createBacking } from '@shop/shared/backing/create-backing';
import type { Backing } from '@shop/shared/backing/ports';
import type { Environment } from '@shop/shared/config/read-config';
import { DeliveryHousekeeping } from '@shop/shared/delivery/housekeeping';
import { Transactions } from '@shop/shared/delivery/transactions';
import { openApi } from '@shop/shared/http/openapi';
import { WebServer } from '@shop/shared/http/web-server';
import { component, System, together } from '@shop/shared/lifecycle/system';
import { consumption } from '@shop/shared/messaging/consumption';
import { ProductsClient } from './clients/products-client.js';
import { readCartConfig } from './config.js';
import { cartGraphql } from './graphql/cart-graphql.js';
import { subscribe } from './messaging/subscriptions.js';
import { openDatabase } from './persistence/open-database.js';
import { CartStore } from './persistence/cart.store.js';
import { CheckoutStore } from './persistence/checkout.store.js';
import { ProductSnapshotStore } from './persistence/product-snapshot.store.js';
import { cartRoutes } from './rest/cart.routes.js';
import { checkoutRoutes } from './rest/checkout.routes.js';
import { AbandonCheckout } from './use-cases/abandon-checkout.js';
import { AddToCart } from './use-cases/add-to-cart.js';
import { ApplyProduct } from './use-cases/apply-product.js';
import { ClearCart } from './use-cases/clear-cart.js';
import { CloseCheckout } from './use-cases/close-checkout.js';
import { EditCart } from './use-cases/edit-cart.js';
import { KnowProduct } from './use-cases/know-product.js';
import { RemoveFromCart } from './use-cases/remove-from-cart.js';
import { TakeCheckout } from './use-cases/take-checkout.js';
import { UpdateCartItem } from './use-cases/update-cart-item.js';

/** The cart service, wired: everybody's cart, the cart's own copy of products, and the checkouts. */
export function createSystem(environment: Environment, backing: Backing = createBacking(environment, 'cart')): System {
  const config = readCartConfig(environment);
  const now = () => new Date();
  const { telemetry, bus } = backing;
  const { logger } = telemetry;

  const database = openDatabase(config, telemetry);
  const transactions = new Transactions(database, telemetry);
  const carts = new CartStore(database);
  const products = new ProductSnapshotStore(database);
  const checkouts = new CheckoutStore();
  const productsClient = new ProductsClient(config.PRODUCTS_URL, telemetry);

  const editCart = new EditCart(transactions, carts);
  const knowProduct = new KnowProduct(transactions, products, productsClient);
  const useCases = {
    addToCart: new AddToCart(editCart, carts, knowProduct),
    updateCartItem: new UpdateCartItem(editCart, carts, products),
    removeFromCart: new RemoveFromCart(editCart, carts),
    clearCart: new ClearCart(editCart, carts),
  };
  subscribe(bus, {
    applyProduct: new ApplyProduct(transactions, products, carts),
    closeCheckout: new CloseCheckout(transactions, checkouts, now),
    abandonCheckout: new AbandonCheckout(transactions, checkouts, carts, now, logger),
  });

  const verifier = verifierFor(config, logger);
  const webServer = new WebServer({
    host: config.HOST,
    port: config.PORT,
    telemetry,
    access: config,
    readiness: async () => ({ database: await database.isReachable() }),
    doors: [
      openApi({ title: 'Cart', description: 'What somebody means to buy, until it is in an order.' }),
      cartRoutes({ useCases, carts, verifier }),
      checkoutRoutes(new TakeCheckout(transactions, checkouts, carts, now), config.ORDERS_IDENTITY_SECRET, verifier),
      cartGraphql({ useCases, carts, currency: config.CURRENCY, verifier, telemetry }),
    ],
  });

  return new System('cart', [
    telemetry,
    database,
    component(
      'products client',
      async () => undefined,
      () => productsClient.close(),
    ),
    bus,
    together(consumption(bus), new DeliveryHousekeeping({ database, logger, retentionDays: config.RETENTION_DAYS })),
    verifier,
    webServer,
  ]);
}
