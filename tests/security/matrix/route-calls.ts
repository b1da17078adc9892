import { randomUUID } from 'node:crypto';
import type { Scene } from './scene.js';

/** A request of a route: the values of its path's parameters, its query and its body. */
export interface RouteCall {
  readonly params?: Readonly<Record<string, string>>;
  /** With its question mark. */
  readonly query?: string;
  readonly json?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Probe {
  /** The request, after whatever it needs was made. Where a thing has several names, one for each. */
  readonly requests: (scene: Scene) => readonly RouteCall[] | Promise<readonly RouteCall[]>;
  /** The status for whoever may. */
  readonly granted: number;
}

const probe = (granted: number, requests: Probe['requests'] = () => [{}]): Probe => ({ granted, requests });

const newName = () => `m${randomUUID().replaceAll('-', '').slice(0, 20)}`;
const byEachName = ({ things: { order } }: Scene, call: RouteCall = {}): RouteCall[] =>
  [order.id, order.uuid].map((id) => ({ ...call, params: { id } }));

/** How a route is asked, by its entry in the table. Throws for one that nobody has thought of. */
export function probeOf(entry: string): Probe {
  const known = probes[entry];
  if (!known) throw new Error(`${entry} is new: say in route-calls.ts how it is to be asked`);
  return known;
}

/** The entries of a route: one, unless it does several things. */
export function entriesOfRoute(route: string): readonly string[] {
  const several = Object.keys(probes).filter((entry) => entry.startsWith(`${route} `));
  return several.length === 0 ? [route] : several;
}

const probes: Readonly<Record<string, Probe>> = {
  'POST /auth/register': probe(201, () => {
    const username = newName();
    return [{ json: { email: `${username}@example.com`, username, password: 'a long passphrase' } }];
  }),
  'POST /auth/login': probe(200, ({ guest: { login, password } }) => [{ json: { login, password } }]),
  'GET /api/profile': probe(200),

  'GET /products': probe(200),
  'GET /products/{id}': probe(200, ({ things: { product } }) => [{ params: { id: product.id } }]),
  'POST /products': probe(201, () => [{ json: { name: newName(), price: 1, stock: 1 } }]),
  'PUT /products/{id}': probe(200, async (scene) => [
    { params: { id: await scene.spareProduct() }, json: { stock: 7 } },
  ]),
  'DELETE /products/{id}': probe(204, async (scene) => [{ params: { id: await scene.spareProduct() } }]),

  'GET /cart': probe(200),
  'POST /cart': probe(201, ({ things: { product } }) => [{ json: { product_id: Number(product.id), quantity: 1 } }]),
  'PUT /cart/{id}': probe(200, async (scene) => [
    { params: { id: await scene.itemInOwnersCart() }, json: { quantity: 3 } },
  ]),
  'DELETE /cart/{id}': probe(204, async (scene) => [{ params: { id: await scene.itemInOwnersCart() } }]),
  'DELETE /cart': probe(204),

  'POST /orders': probe(201, async (scene) => {
    await scene.fillCallersCart();
    return [{ json: {} }];
  }),
  'GET /orders': probe(200),
  'GET /orders/search': probe(200, ({ things: { order } }) => [{ query: `?id=${order.id}` }]),
  'GET /orders/{id}': probe(200, (scene) => byEachName(scene)),
  // The order has come to its end: that it can't take this step is said only to those who might have asked for it.
  'PUT /orders/{id}/status Cancelled': probe(409, (scene) => byEachName(scene, { json: { status: 'Cancelled' } })),
  'PUT /orders/{id}/status Shipped': probe(409, (scene) => byEachName(scene, { json: { status: 'Shipped' } })),

  'GET /payments/{order_uuid}': probe(200, ({ things: { order } }) => [{ params: { order_uuid: order.uuid } }]),

  'POST /ingest': probe(202, () => [{ json: { message: 'one more' } }]),

  // For a user who asked for it: only who may ask at all differs.
  'POST /cart/checkout': probe(200, async (scene) => {
    const { id, token } = await scene.buyer();
    const headers = { 'x-user-authorization': `Bearer ${token}` };
    return [{ json: { order_uuid: randomUUID(), user_id: Number(id) }, headers }];
  }),
  'GET /.well-known/jwks.json': probe(200),
  'GET /.well-known/ended-sessions': probe(200),
  'GET /mail': probe(200),
  // Whichever was sent first.
  'GET /mail/{id}': probe(200, () => [{ params: { id: '1' } }]),
  'GET /': probe(200),
  'GET /docs': probe(200),
  'GET /graphiql': probe(200),
  'GET /healthz': probe(200),
  'GET /readyz': probe(200),
  'GET /metrics': probe(200),
  'GET /swagger/json': probe(200),
  'GET /swagger/index.html': probe(200),
  'GET /swagger': probe(302),
  'GET /swagger/yaml': probe(200),
  'GET /swagger/index.js': probe(200),
  'GET /swagger/static/{file}': probe(200, () => [{ params: { file: 'swagger-ui.css' } }]),
  'GET /swagger/static/index.html': probe(302),
  'GET /swagger/static/swagger-initializer.js': probe(200),
};
