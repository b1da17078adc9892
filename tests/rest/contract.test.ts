import { authCases } from './contract/cases/auth.cases.js';
import { cartCases } from './contract/cases/cart.cases.js';
import { everyRouteCases, exampleRequest } from './contract/cases/every-route.cases.js';
import { ordersCases } from './contract/cases/orders.cases.js';
import { paymentsCases } from './contract/cases/payments.cases.js';
import { productsCases } from './contract/cases/products.cases.js';
import { exampleRequests } from './contract/examples.js';
import { foreignToken } from './contract/foreign-token.js';
import { OpenApiDocument } from './contract/openapi-document.js';
import { type Documents, Player } from './contract/player.js';
import type { RestAnswer } from './contract/rest-client.js';
import { requestOf, type RestCase } from './contract/rest-case.js';
import { ports, type Service, ShopFront } from './contract/shop-front.js';
import { RunningShop } from '../e2e/running-shop.js';
import { eventually } from '../support/eventually.js';

const services = Object.keys(ports) as Service[];
const cases: readonly RestCase[] = [...authCases, ...productsCases, ...cartCases, ...ordersCases, ...paymentsCases];
const LOGIN_RATE_LIMIT = 40;

/** The routes of the REST contract, as the document of their service has to have them. */
const contract: Readonly<Record<Service, readonly string[]>> = {
  auth: ['POST /auth/register', 'POST /auth/login', 'GET /api/profile'],
  products: [
    ...['GET /products', 'POST /products'],
    ...['GET /products/{id}', 'PUT /products/{id}', 'DELETE /products/{id}'],
  ],
  cart: ['GET /cart', 'POST /cart', 'PUT /cart/{id}', 'DELETE /cart/{id}', 'DELETE /cart'],
  orders: ['POST /orders', 'GET /orders', 'GET /orders/search', 'GET /orders/{id}', 'PUT /orders/{id}/status'],
  payments: ['GET /payments/{order_uuid}'],
};

describe('the REST contract, on each service and through the gateway', () => {
  let shop: RunningShop;
  let front: ShopFront;
  let player: Player;

  beforeAll(async () => {
    shop = await RunningShop.start('processes', {
      // Long enough for an order to be seen, and cancelled, while it is Pending.
      PAYMENT_LATENCY_MS: '400',
      CART_TIMEOUT_MS: '1000',
      LOGIN_RATE_LIMIT: String(LOGIN_RATE_LIMIT),
    });
    front = await ShopFront.of(shop);
    const documents = await Promise.all(
      services.map(async (service) => [service, await OpenApiDocument.of(front.origin(service))] as const),
    );
    player = new Player(front, shop.gateway, Object.fromEntries(documents) as Documents);
  }, 90_000);
  afterAll(() => shop?.stop(), 30_000);

  it.each(services)('is what the document of %s describes', (service) =>
    expect([...player.documents[service].operations.keys()].toSorted()).toEqual(contract[service].toSorted()),
  );

  it('would find out an answer that is not described', () => {
    const headers = {
      'content-type': 'application/json',
      'x-total-count': '1',
      etag: 'W/"1"',
      'cache-control': 'no-cache',
    };
    const objections = (answer: Partial<RestAnswer>) =>
      player.documents.products.objections('GET /products', { status: 200, headers, text: '[]', ...answer }).join();
    expect(objections({})).toBe('');
    expect(objections({ status: 418 })).toContain('no status 418');
    expect(objections({ text: '[{"id": "1"}]' })).toContain('must be integer');
    expect(objections({ headers: { ...headers, 'x-other': '1' } })).toContain('x-other is not described');
    expect(objections({ headers: { ...headers, etag: '1' } })).toContain('must match pattern');
    expect(objections({ headers: { ...headers, 'content-type': 'text/html' } })).toContain(
      'text/html is not described',
    );
    expect(objections({ status: 304 })).toContain('the body should be empty');
  });

  it('takes every example of the documents as it stands', async () => {
    const refused: string[] = [];
    const product = await front.product();
    for (const { service, route, request } of exampleRequests(player.documents, front.admin)) {
      if (route === 'POST /orders') await front.inCart(front.admin, product.id);
      const { status, text } = await player.ask(service, front.origin(service), route, request);
      // The thing that an example speaks of may be gone, or done; the example itself is never at fault.
      if (status >= 400 && status !== 404 && status !== 409) refused.push(`${route} ${status} ${text}`);
    }
    expect(refused).toEqual([]);
  });

  it.each(cases)('$route $what', (played) => player.play(played));

  it.each(services)(
    'answers alike, on every route, what is no request for it: %s',
    async (service) => {
      const failures: string[] = [];
      for (const played of everyRouteCases(service, player.documents[service])) {
        await player
          .play(played)
          .catch((failure: Error) => failures.push(`${played.route} ${played.what}: ${failure.message}`));
      }
      expect(failures).toEqual([]);
    },
    60_000,
  );

  describe('with a service away', () => {
    const without = async (service: Service, play: () => Promise<unknown>) => {
      shop.freeze(service);
      try {
        await play();
      } finally {
        shop.thaw(service);
      }
    };

    it('places no order without the cart', async () => {
      const { token } = await front.customer();
      const body = { error: 'cart service unavailable' };
      const request = () => ({ token, json: {} });
      await without('cart', () =>
        player.play({ service: 'orders', route: 'POST /orders', what: '', status: 503, body, request }),
      );
    }, 30_000);

    it('puts nothing that it does not know into a cart without the products', async () => {
      const { token } = await front.customer();
      const body = { error: expect.stringContaining('unavailable') };
      const request = () => ({ token, json: { product_id: 9_007_199_254_740_990, quantity: 1 } });
      await without('products', () =>
        player.play({ service: 'cart', route: 'POST /cart', what: '', status: 503, body, request }),
      );
    }, 30_000);

    it('believes nobody whose key it would have to ask auth for', async () => {
      const guarded = services
        .filter((service) => service !== 'auth')
        .flatMap((service) =>
          [...player.documents[service].operations]
            .filter(([, { security }]) => security?.length)
            .map(([route, operation]) => ({ service, route, operation })),
        );
      await without('auth', () =>
        Promise.all(
          guarded.map(({ service, route, operation }) =>
            eventually(
              () =>
                player.play({
                  ...{ service, route, what: '', status: 503, body: { error: 'the auth service is unavailable' } },
                  request: (front) => ({ ...exampleRequest(operation, front), token: foreignToken() }),
                }),
              { timeoutMs: 20_000 },
            ),
          ),
        ),
      );
    }, 40_000);
  });

  it('slows down whoever tries too many passwords', async () => {
    const body = { error: 'too many requests, please try again later' };
    const request = requestOf('POST /auth/login', { json: { login: 'nobody', password: 'guessed' } });
    for (let attempt = 0; attempt <= LOGIN_RATE_LIMIT; attempt += 1)
      await player.ask('auth', front.origin('auth'), 'POST /auth/login', request);
    await player.play({
      ...{ service: 'auth', route: 'POST /auth/login', what: '', status: 429, body },
      request: () => ({ json: { login: 'nobody', password: 'guessed' } }),
    });
  }, 60_000);

  it('has been seen to give every answer that the documents describe', () => expect(player.unseen()).toEqual([]));
});
