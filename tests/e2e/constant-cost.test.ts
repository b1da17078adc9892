import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createSystem as createGateway } from '@shop/gateway/system';
import type { System } from '@shop/shared/lifecycle/system';
import { Shopper } from '@shop/system/demo/shopper';
import { freePortOffset } from './free-port-offset.js';
import { admin, RunningShop } from './running-shop.js';
import { graphqlRequest } from '../support/graphql-client.js';
import { PostgresMeter } from '../support/postgres-meter.js';
import { required } from '../support/test-environment.js';

const ORDERS = `query Orders($first: Int) {
  orders(first: $first) { edges { node { items { product { name } } user { username } payment { status } emails { subject } } } }
}`;
const GATEWAY_SECRET = 'a secret of two gateways';
const SERVICES = {
  AUTH_URL: 8084,
  PRODUCTS_URL: 8081,
  CART_URL: 8082,
  ORDERS_URL: 8083,
  PAYMENTS_URL: 8086,
  MAILER_URL: 8087,
};

/** Relays, sweepers and queues look every second. */
const SEVERAL_POLLS_MS = 3_500;

/** Stands between a gateway and a service, and counts the GraphQL operations that pass. */
async function subgraphMeter(target: string, onCall: () => void): Promise<{ url: string; server: Server }> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => void forward(Buffer.concat(chunks)));
    const forward = async (body: Buffer) => {
      if (request.url === '/graphql') onCall();
      const { authorization, 'x-gateway-identity': proof } = request.headers;
      const headers = {
        'content-type': 'application/json',
        ...(authorization && { authorization }),
        ...(typeof proof === 'string' && { 'x-gateway-identity': proof }),
      };
      const answer = await fetch(target + request.url, {
        method: request.method ?? 'GET',
        headers,
        ...(body.length > 0 && { body: body.toString() }),
      });
      response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'application/json' });
      response.end(await answer.text());
    };
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}

describe('what a list of orders costs', () => {
  let postgres: PostgresMeter;
  let shop: RunningShop;
  let gateway: System;
  let gatewayUrl: string;
  let meters: Server[];
  let person: Shopper;
  let calls = 0;

  beforeAll(async () => {
    postgres = await PostgresMeter.before(required('DATABASE_URL'));
    shop = await RunningShop.start(
      'embedded',
      { LOGIN_RATE_LIMIT: '0', GATEWAY_SECRET },
      { databaseUrl: postgres.url },
    );
    const metered = await Promise.all(
      Object.entries(SERVICES).map(async ([variable, port]) => ({
        variable,
        ...(await subgraphMeter(shop.service(port), () => (calls += 1))),
      })),
    );
    meters = metered.map(({ server }) => server);
    const port = 4_000 + (await freePortOffset());
    gatewayUrl = `http://127.0.0.1:${port}/graphql`;
    gateway = createGateway({
      PORT: String(port),
      LOG_LEVEL: 'silent',
      NODE_ENV: 'test',
      GATEWAY_SECRET,
      AUTH_JWKS_URL: `${shop.service(8084)}/.well-known/jwks.json`,
      ...Object.fromEntries(metered.map(({ variable, url }) => [variable, url])),
    });
    await gateway.start();
    const shopkeeper = await Shopper.login(shop.gateway, admin.email, admin.password);
    person = await Shopper.register(shop.gateway, `s${randomUUID().replaceAll('-', '').slice(0, 20)}`);
    const products = await Promise.all(
      Array.from({ length: 50 }, (_, n) => shopkeeper.createProduct({ name: `Product ${n}`, price: 1_000, stock: 5 })),
    );
    for (const { id } of products) {
      await person.addToCart(id);
      await person.placeOrder();
    }
    await untilAllAreConfirmed();
    await shopkeeper.close();
  });

  afterAll(async () => {
    await person?.close();
    await gateway?.stop();
    for (const server of meters ?? []) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
    await shop?.stop();
    await postgres?.stop();
  });

  const list = async (first: number) => {
    const answer = await graphqlRequest<{
      orders: { edges: { node: { payment: { status: string } | null; emails: object[] } }[] };
    }>(gatewayUrl, ORDERS, { first }, person.token);
    expect(answer.errors).toBeUndefined();
    return answer.data?.orders.edges.map(({ node }) => node) ?? [];
  };

  async function untilAllAreConfirmed(): Promise<void> {
    const deadline = Date.now() + 30_000;
    for (;;) {
      const paid = (await list(50)).filter(
        ({ payment, emails }) => payment?.status === 'SUCCEEDED' && emails.length === 1,
      );
      if (paid.length === 50) return;
      if (Date.now() > deadline) throw new Error(`${paid.length} of 50 orders are paid`);
    }
  }

  /** Whatever of the services' own polling is left beside it: the least of several runs counts. */
  const cost = async (first: number) => {
    const runs: { statements: number; calls: number }[] = [];
    for (let run = 0; run < 20; run += 1) {
      const [statementsBefore, callsBefore] = [postgres.statements, calls];
      expect(await list(first)).toHaveLength(first);
      runs.push({ statements: postgres.statements - statementsBefore, calls: calls - callsBefore });
    }
    return {
      statements: Math.min(...runs.map((run) => run.statements)),
      calls: Math.min(...runs.map((run) => run.calls)),
    };
  };

  it('is the same for 1 and for 50: SQL statements and subgraph calls', async () => {
    await postgres.learnBackground(SEVERAL_POLLS_MS);
    const one = await cost(1);
    const fifty = await cost(50);
    expect(fifty).toEqual(one);
    expect(one.calls).toBe(5);
    expect(one.statements).toBeGreaterThan(0);
    expect(one.statements).toBeLessThanOrEqual(7);
  });
});
