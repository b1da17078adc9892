import type { HTTPMethods } from 'fastify';
import type { ServiceName } from '@shop/shared/backing/roster';

export interface ForwardedRoute {
  readonly service: ServiceName;
  readonly methods: readonly HTTPMethods[];
  /** As Fastify writes it: `/cart/:id`. */
  readonly path: string;
}

const to = (service: ServiceName, path: string, ...methods: HTTPMethods[]): ForwardedRoute => ({
  ...{ service, path },
  methods: methods.includes('GET') ? [...methods, 'HEAD'] : methods,
});

/**
 * The paths of the REST contract. Only what is listed is forwarded: a service's other routes, such as the checkout that
 * is for the orders service alone, can't be reached from here however their path is written.
 */
export const forwardedRoutes: readonly ForwardedRoute[] = [
  to('auth', '/auth/register', 'POST'),
  to('auth', '/auth/login', 'POST'),
  to('auth', '/api/profile', 'GET'),
  to('products', '/products', 'GET', 'POST'),
  to('products', '/products/:id', 'GET', 'PUT', 'DELETE'),
  to('cart', '/cart', 'GET', 'POST', 'DELETE'),
  to('cart', '/cart/:id', 'PUT', 'DELETE'),
  to('orders', '/orders', 'GET', 'POST'),
  to('orders', '/orders/:id', 'GET'),
  to('orders', '/orders/:id/status', 'PUT'),
  to('payments', '/payments/:id', 'GET'),
];
