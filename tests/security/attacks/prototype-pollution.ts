import { randomUUID } from 'node:crypto';
import { connected } from '../../support/connected.js';
import type { Setting } from '../setting.js';
import { pollution } from './realm-probe.js';

/** JSON text, as an object literal would set the prototype instead of the key. */
const poisons = [
  '{"__proto__": {"polluted": "yes"}}',
  '{"constructor": {"prototype": {"polluted": "yes"}}}',
  '{"a": {"__proto__": {"polluted": "yes"}, "constructor": {"prototype": {"polluted": "yes"}}}}',
  '{"__proto__": {"__proto__": {"polluted": "yes"}}, "toString": "yes", "hasOwnProperty": "yes", "then": "yes"}',
];

/** The same, within an object that has what is needed besides. */
const poisoned = (poison: string, rest: object): string =>
  `${poison.slice(0, -1)}${Object.keys(rest).length > 0 ? ', ' : ''}${JSON.stringify(rest).slice(1)}`;

/** Prototype pollution: keys that reach the prototype of all objects stay keys, or are left out. */
export function prototypePollution(given: () => Setting): void {
  describe('prototype pollution', () => {
    const send = async (
      setting: Setting,
      path: string,
      text: string,
      door: 'gateway' | 'logger' | 'orders' = 'gateway',
    ) => {
      const headers = { 'content-type': 'application/json' };
      const caller = door === 'logger' ? 'service' : 'admin';
      return setting.rest(caller, { method: 'POST', path, headers, raw: text }, door);
    };

    beforeAll(async () => {
      const byTheProbe = await pollution(given().stage.shop);
      expect(byTheProbe).toEqual(['Object.polluted', 'for in: polluted', 'polluted']);
    });
    afterEach(async () => expect(await pollution(given().stage.shop)).toEqual([]));

    it.each(poisons)('not by variables, inputs and extensions of GraphQL: %s', async (poison) => {
      const setting = given();
      const { product } = setting.stage.things;
      const query =
        'query ($id: ID!, $filter: ProductFilter) { product(id: $id) { id name } products(filter: $filter) { edges { cursor } } }';
      const variables = poisoned(poison, { id: product.id });
      for (const body of [
        `{"query": ${JSON.stringify(query)}, "variables": ${variables}}`,
        `{"query": ${JSON.stringify(query)}, "variables": {"id": "${product.id}"}, "extensions": ${poison}}`,
        poisoned(poison, { query, variables: { id: product.id } }),
      ]) {
        const { status, text } = await send(setting, '/graphql', body);
        expect([status, text]).toEqual([200, expect.stringContaining(product.name)]);
      }
      const inInput = `{"query": ${JSON.stringify(query)}, "variables": {"id": "1", "filter": ${poison}}}`;
      expect((await send(setting, '/graphql', inInput)).status).toBeLessThan(500);
      const inUrl = `/graphql?query=${encodeURIComponent(query)}&variables=${encodeURIComponent(variables)}`;
      const headers = { 'apollo-require-preflight': 'yes' };
      const { text } = await setting.rest('nobody', { method: 'GET', path: inUrl, headers });
      expect(text).toContain(product.name);
    });

    it.each(poisons)('not by keys of entities: %s', async (poison) => {
      const setting = given();
      const { order } = setting.stage.things;
      const query = 'query ($keys: [_Any!]!) { _entities(representations: $keys) { ... on Order { uuid } } }';
      const key = poisoned(poison, { __typename: 'Order', uuid: order.uuid });
      const body = `{"query": ${JSON.stringify(query)}, "variables": {"keys": [${key}]}}`;
      const { text } = await setting.rest(
        'admin',
        {
          ...{ method: 'POST', path: '/graphql', raw: body },
          headers: { 'content-type': 'application/json', ...setting.secrets.gatewayProof('orders') },
        },
        'orders',
      );
      expect(text).toContain(order.uuid);
    });

    it.each(poisons)('not by bodies and queries of REST: %s', async (poison) => {
      const setting = given();
      const name = `Product ${randomUUID()}`;
      const made = await send(setting, '/products', poisoned(poison, { name, price: 1, stock: 1 }));
      expect([made.status, JSON.parse(made.text)]).toEqual([201, expect.objectContaining({ name, price: 1 })]);
      for (const path of ['/auth/login', '/auth/register', '/cart', '/orders'])
        expect((await send(setting, path, poison)).status).toBeLessThan(500);
      const query = '?__proto__[polluted]=yes&constructor[prototype][polluted]=yes&__proto__.polluted=yes&limit=1';
      expect((await setting.rest('nobody', { method: 'GET', path: `/products${query}` })).status).toBe(200);
    });

    it.each(poisons)('not by the fields of a log entry, which keeps them as they are: %s', async (poison) => {
      const setting = given();
      const traceId = randomUUID();
      const entry = `{"message": "m", "trace_id": "${traceId}", "fields": ${poisoned(poison, { whole: true })}}`;
      expect((await send(setting, '/ingest', entry, 'logger')).status).toBe(202);
      const query = 'query ($id: String) { logs(filter: { traceId: $id }) { edges { node { fields } } } }';
      const { text } = await setting.graphql('admin', query, { id: traceId });
      expect(text).toContain('"whole":true');
    });

    it.each(poisons)('not by what a timeline has kept: %s', async (poison) => {
      const setting = given();
      const { order } = setting.stage.things;
      const change = `update order_events set detail = $1 where position = 1
        and order_id = (select id from orders where uuid = $2)`;
      await connected(setting.stage.shop.database('orders'), (client) => client.query(change, [poison, order.uuid]));
      const query = 'query ($id: ID!) { order(id: $id) { timeline { detail } } }';
      const { status, text } = await setting.graphql('owner', query, { id: order.uuid });
      expect([status, text]).toEqual([200, expect.stringContaining('polluted')]);
    });

    it('leaves right answers behind', async () => {
      const { stage } = given();
      expect(await stage.belongings()).toMatchObject({ me: stage.things.owner });
    });
  });
}
