import { readAuthConfig } from '@shop/auth/config';
import { readCartConfig } from '@shop/cart/config';
import { readLoggerConfig } from '@shop/logger/config';
import { readMailerConfig } from '@shop/mailer/config';
import { readOrdersConfig } from '@shop/orders/config';
import { readPaymentsConfig } from '@shop/payments/config';
import { readProductsConfig } from '@shop/products/config';
import { serviceNames } from '@shop/shared/backing/roster';
import { ConfigError } from '@shop/shared/config/read-config';
import { environments } from '../src/environment.js';
import { planPorts } from '../src/ports.js';

const readers = {
  ...{ auth: readAuthConfig, cart: readCartConfig, logger: readLoggerConfig, mailer: readMailerConfig },
  ...{ orders: readOrdersConfig, payments: readPaymentsConfig, products: readProductsConfig },
};
const secrets = {
  jwtPrivateKey: 'PRIVATE KEY',
  ordersIdentitySecret: 'a secret of orders',
  gatewaySecret: 'a secret of the gateway',
  adminPassword: 'an admin',
};

it.each(serviceNames)('%s starts for the gateway alone, for anybody if it is told so, and else not at all', (name) => {
  const each = environments({ outer: {}, ports: planPorts({}), secrets, serverUrl: 'postgres://127.0.0.1' });
  const { GATEWAY_SECRET, ...rest } = each[name];
  expect(readers[name]({ ...rest, GATEWAY_SECRET })).toMatchObject({ SUBGRAPH_ACCESS: 'gateway', GATEWAY_SECRET });
  expect(readers[name]({ ...rest, SUBGRAPH_ACCESS: 'open' })).toMatchObject({ SUBGRAPH_ACCESS: 'open' });
  expect(() => readers[name](rest)).toThrow(ConfigError);
  expect(() => readers[name](rest)).toThrow('GATEWAY_SECRET: is required, unless SUBGRAPH_ACCESS=open');
});
