import { serviceNames } from '@shop/shared/backing/roster';
import { authCases } from './contract/cases/auth.cases.js';
import { cartCases } from './contract/cases/cart.cases.js';
import { everyRouteCases, exampleRequest } from './contract/cases/every-route.cases.js';
import { ordersCases } from './contract/cases/orders.cases.js';
import { paymentsCases } from './contract/cases/payments.cases.js';
import { productsCases } from './contract/cases/products.cases.js';
import { unsoundRequests } from './contract/unsound-requests.js';
import { contract, notForwarded } from './contract/contract-routes.js';
import { databaseRequests, neverGiven } from './contract/database-away.js';
import { exampleRequests } from './contract/examples.js';
import { foreignToken } from './contract/foreign-token.js';
import { OpenApiDocument } from './contract/openapi-document.js';
import { type Failing, gatewayToNobody, gatewayToWhoBreaksOff, impatientGateway } from './contract/failing-services.js';
import { type Documents, likeness, Player } from './contract/player.js';
import { oddTargets } from './contract/odd-targets.js';
import { hangUp, type RestAnswer, send } from './contract/rest-client.js';
import { requestOf, type RestCase } from './contract/rest-case.js';
import { type Service, ShopFront } from './contract/shop-front.js';
import { RunningShop } from '../e2e/running-shop.js';
import { eventually } from '../support/eventually.js';
import { tcpProxy } from '../support/tcp-proxy.js';
import { required } from '../support/test-environment.js';

const services: readonly Service[] = serviceNames;
const cases: readonly RestCase[] = [...authCases, ...productsCases, ...cartCases, ...ordersCases, ...paymentsCases];
const LOGIN_RATE_LIMIT = 40;

describe('the REST contract, on each service and through the gateway', () => {
  let shop: RunningShop;
  let front: ShopFront;
  let player: Player;
  let database: Awaited<ReturnType<typeof tcpProxy>>;

  beforeAll(async () => {
    database = await tcpProxy(required('DATABASE_URL'));
    const proxied = new URL(required('DATABASE_URL'));
    proxied.host = database.host;
    const settings = {
      // Long enough for an order to be seen, and cancelled, while it is Pending.
      PAYMENT_LATENCY_MS: '400',
      CART_TIMEOUT_MS: '1000',
      LOGIN_RATE_LIMIT: String(LOGIN_RATE_LIMIT),
    };
    shop = await RunningShop.start('processes', settings, { databaseUrl: proxied.href });
    front = await ShopFront.of(shop);
    const documents = await Promise.all(
      [...services.map((service) => [service, front.origin(service)] as const), ['gateway', shop.gateway] as const].map(
        async ([door, origin]) => [door, await OpenApiDocument.of(origin)] as const,
      ),
    );
    player = new Player(front, shop.gateway, Object.fromEntries(documents) as Documents);
  });
  afterAll(async () => {
    await hangUp();
    await shop?.stop();
    await database?.close();
  });

  it.each(services)('is what the document of %s describes', (service) =>
    expect([...player.documents[service].operations.keys()].toSorted()).toEqual(contract[service]?.toSorted()),
  );

  it('is, as far as it is forwarded, what the document of the gateway describes', () => {
    const all = services.flatMap((service) => [...player.documents[service].operations.keys()]);
    const forwarded = all.filter((route) => !notForwarded.includes(route));
    expect([...player.documents.gateway.operations.keys()].toSorted()).toEqual(forwarded.toSorted());
  });

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
      const { status, text } = await player.ask(service, route, request);
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

  it.each(unsoundRequests)(
    'refuses on every route, and at both doors, $what',
    async ({ status, error, bytes, deadlineMs }) => {
      const doors = [...services, 'gateway' as const].flatMap((door) =>
        [...player.documents[door].operations].map(([route, operation]) => ({ door, route, operation })),
      );
      await Promise.all(
        doors.map(async ({ door, route, operation }) => {
          const { method, path } = requestOf(route, exampleRequest(operation, front));
          const answer = await player.askRaw(door, route, bytes(method, path), deadlineMs);
          expect([door, route, answer.status, JSON.parse(answer.text)]).toEqual([door, route, status, { error }]);
        }),
      );
    },
    60_000,
  );

  const without = async (service: Service, play: () => Promise<unknown>) => {
    shop.freeze(service);
    try {
      await play();
    } finally {
      shop.thaw(service);
    }
  };

  describe('with a service away', () => {
    it('places no order without the cart', async () => {
      const { token } = await front.customer();
      const body = { error: 'cart service unavailable' };
      const request = () => ({ token, json: {} });
      await without('cart', () =>
        player.play({ service: 'orders', route: 'POST /orders', what: '', status: 503, body, request }),
      );
    });

    it('puts nothing that it does not know into a cart without the products', async () => {
      const { token } = await front.customer();
      const body = { error: expect.stringContaining('unavailable') };
      const request = () => ({ token, json: { product_id: 9_007_199_254_740_990, quantity: 1 } });
      await without('products', () =>
        player.play({ service: 'cart', route: 'POST /cart', what: '', status: 503, body, request }),
      );
    });

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
    });
  });

  describe('with a service behind the gateway', () => {
    /** Drives every route of a service at a gateway that has one answer to all of them. */
    const everyRoute = async (service: Service, origin: string, status: number, error: string) => {
      const forwarded = [...player.documents[service].operations].filter(([route]) => !notForwarded.includes(route));
      const answers = await Promise.all(
        forwarded.map(async ([route, operation]) => {
          const request = requestOf(route, exampleRequest(operation, front));
          const answer = await player.ask('gateway', route, request, origin);
          return [route, answer.status, JSON.parse(answer.text) as unknown] as const;
        }),
      );
      expect(answers).toEqual(forwarded.map(([route]) => [route, status, { error }]));
    };

    let gateway: Failing | undefined;
    afterEach(async () => {
      await gateway?.stop();
      gateway = undefined;
    });

    it('that is away, says so on every route', async () => {
      const { origin } = (gateway = await gatewayToNobody());
      for (const service of services) await everyRoute(service, origin, 503, `${service} service unavailable`);
    });

    it('that hangs, says so on every route', async () => {
      const { origin } = (gateway = await impatientGateway((service) => front.origin(service)));
      for (const service of services)
        await without(service, () => everyRoute(service, origin, 504, `${service} service did not answer in time`));
    });

    it('that hangs up within its answer, says so on every route', async () => {
      const { origin } = (gateway = await gatewayToWhoBreaksOff());
      for (const service of services) await everyRoute(service, origin, 502, `${service} service broke off its answer`);
    });

    it('lets nobody ask too often, on any route', async () => {
      const { origin } = (gateway = await gatewayToNobody({ RATE_LIMIT_PER_MINUTE: '1' }));
      await player.ask('gateway', 'GET /products', requestOf('GET /products', {}), origin);
      const tooMany = 'too many requests, please try again later';
      for (const service of services) await everyRoute(service, origin, 429, tooMany);
    });
  });

  it.each(oddTargets)('answers %s %s at the gateway as the service does', async (service, target) => {
    const request = { method: 'GET', path: target };
    const [own, forwarded] = await Promise.all(
      [front.origin(service), shop.gateway].map((door) => send(door, request)),
    );
    expect(likeness(forwarded as RestAnswer)).toEqual(likeness(own as RestAnswer));
    expect((own as RestAnswer).status).toBeLessThan(500);
  });

  it('says on its own port when its database is away', async () => {
    await database.close();
    try {
      for (const [service, route, request] of databaseRequests(front)) {
        const { status, text } = await player.ask(service, route, requestOf(route, request));
        const error = 'the service can not reach its database, please try again';
        expect([route, status, JSON.parse(text)]).toEqual([route, 503, { error }]);
      }
    } finally {
      await database.open();
    }
    const ready = async () => expect((await fetch(`${shop.gateway}/readyz`)).status).toBe(200);
    await eventually(ready, { timeoutMs: 20_000 });
  });

  it('slows down whoever tries too many passwords', async () => {
    const body = { error: 'too many requests, please try again later' };
    const request = requestOf('POST /auth/login', { json: { login: 'nobody', password: 'guessed' } });
    for (let attempt = 0; attempt <= LOGIN_RATE_LIMIT; attempt += 1)
      await player.ask('auth', 'POST /auth/login', request);
    await player.play({
      ...{ service: 'auth', route: 'POST /auth/login', what: '', status: 429, body },
      request: () => ({ json: { login: 'nobody', password: 'guessed' } }),
    });
  });

  it('has been seen to give every answer that the documents describe', () =>
    expect(player.unseen().filter((answer) => !neverGiven.includes(answer))).toEqual([]));
});
