/** The services of the shop and the ports of the REST contract. */
export const servicePorts = {
  products: 8081,
  cart: 8082,
  orders: 8083,
  auth: 8084,
  logger: 8085,
  payments: 8086,
  mailer: 8087,
} as const;

export type ServiceName = keyof typeof servicePorts;

/** In the order in which they are started: those that others ask stand first. */
export const serviceNames = [
  'auth',
  'products',
  'cart',
  'payments',
  'orders',
  'logger',
  'mailer',
] as const satisfies readonly ServiceName[];

/** Those without which no order can be placed and carried out; the others may be away meanwhile. */
export const orderingServices = [
  'auth',
  'products',
  'cart',
  'payments',
  'orders',
] as const satisfies readonly ServiceName[];

export const gatewayPort = 4000;

/** The logger's second port: gRPC. */
export const loggerGrpcPort = 50_051;
