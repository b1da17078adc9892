import { randomUUID } from 'node:crypto';
import { connected } from '../../support/connected.js';
import { serviceNames } from '@shop/shared/backing/roster';
import { type Operation, operationsOf } from '../../rest/fuzz/operations.js';
import { insideIn } from '../../rest/fuzz/verdict.js';
import { utf8 } from '../../rest/fuzz/utf8.js';
import type { RestRequest } from '../../rest/contract/rest-client.js';
import { inBounds } from '../in-bounds.js';
import type { Setting } from '../setting.js';
import { payloads, storablePayloads } from './sql-payloads.js';
import { stringArguments } from './string-arguments.js';

const AT_ONCE = 8;

/** SQL in every text that a client can send: it is taken for that text, or refused, and reaches no statement. */
export function sqlInStrings(given: () => Setting): void {
  describe('SQL injection', () => {
    let tables: Readonly<Record<string, readonly string[]>>;
    beforeAll(async () => {
      tables = await tablesOf(given());
    });
    afterAll(async () => expect(await tablesOf(given())).toEqual(tables));

    it.each(stringArguments())('by $name of GraphQL', async ({ query, variables }) => {
      const setting = given();
      const findings = await inBounds(payloads, AT_ONCE, async (payload) => {
        const { status, text } = await setting.graphql('admin', query, variables(payload));
        const fault = text.includes('INTERNAL_SERVER_ERROR')
          ? 'an internal error'
          : insideIn(text, JSON.stringify(payloads));
        return status < 500 && fault === null ? null : `${payload.slice(0, 40)}: ${status} ${fault} ${text}`;
      });
      expect(findings.filter(Boolean)).toEqual([]);
    });

    it.each(serviceNames)('by every path, query, header and body of REST: %s', async (service) => {
      const setting = given();
      const operations = await operationsOf(setting.originOf(service));
      const attacks = operations.flatMap((operation) => payloads.flatMap((payload) => requestsOf(operation, payload)));
      const caller = service === 'logger' ? 'service' : 'admin';
      const findings = await inBounds(attacks, AT_ONCE, async (request) => {
        const { status, text } = await setting.rest(caller, request, service);
        const fault = insideIn(text, JSON.stringify([request, payloads]));
        return status < 500 && fault === null ? null : `${request.method} ${request.path}: ${status} ${fault} ${text}`;
      });
      expect(findings.filter(Boolean)).toEqual([]);
    });

    it('finds exactly the products that have the text in their names', async () => {
      const setting = given();
      const mark = randomUUID();
      const names = storablePayloads.map((payload) => `${mark} ${payload} ${mark}`);
      const make = 'mutation ($input: [ProductInput!]!) { createProducts(input: $input) { id } }';
      await setting.graphql('admin', make, { input: names.map((name) => ({ name, price: 1, stock: 1 })) });
      const find =
        'query ($search: String) { products(first: 100, filter: { search: $search }) { edges { node { name } } } }';
      for (const payload of storablePayloads) {
        const search = `${mark} ${payload} ${mark}`;
        const { data } = await setting.graphql('nobody', find, { search });
        const { products } = data as { products: { edges: { node: { name: string } }[] } };
        expect([payload, products.edges.map(({ node }) => node.name)]).toEqual([payload, [search]]);
      }
    });

    it('finds exactly the log entries of a service of that name', async () => {
      const setting = given();
      for (const payload of storablePayloads)
        await setting.rest(
          'service',
          { method: 'POST', path: '/ingest', json: { message: 'm', service: payload } },
          'logger',
        );
      const find =
        'query ($service: String) { logs(first: 100, filter: { service: $service }) { edges { node { service } } } }';
      for (const payload of storablePayloads) {
        const { data } = await setting.graphql('admin', find, { service: payload });
        const { logs } = data as { logs: { edges: { node: { service: string } }[] } };
        expect(new Set(logs.edges.map(({ node }) => node.service))).toEqual(new Set([payload]));
      }
    });

    it('reads on from a cursor as from the name that is in it', async () => {
      const setting = given();
      const query =
        'query ($after: String) { products(first: 1, sort: NAME, after: $after) { pageInfo { endCursor } edges { node { name } } } }';
      for (const payload of payloads.filter((text) => text.isWellFormed() && !text.includes('\0'))) {
        const after = Buffer.from(JSON.stringify(['NAME', payload, 1])).toString('base64url');
        const { status, errors } = await setting.graphql('nobody', query, { after });
        expect([payload, status, errors]).toEqual([payload, 200, []]);
      }
    });

    it('signs nobody in', async () => {
      const setting = given();
      const login = 'mutation ($l: String!, $p: String!) { login(login: $l, password: $p) { token } }';
      for (const payload of [`' or '1'='1`, `admin@shop.example' --`, `admin@shop.example'/*`]) {
        const variables = { l: payload, p: `' or '1'='1` };
        const { errors, data } = await setting.graphql('nobody', login, variables);
        expect([data ?? null, errors[0]?.extensions?.code]).toEqual([null, 'UNAUTHENTICATED']);
        const json = { login: payload, password: payload };
        expect((await setting.rest('nobody', { method: 'POST', path: '/auth/login', json })).status).toBe(401);
      }
    });

    it('takes a key of idempotence as it is written', async () => {
      const setting = given();
      const counts = new Set<string>();
      for (const payload of [`k' or '1'='1`, `k%`, `k_`, `k\\`]) {
        const headers = { 'idempotency-key': payload };
        await setting.rest('stranger', { method: 'POST', path: '/cart', json: await oneProduct(setting) });
        const [first, again] = [await order(setting, headers), await order(setting, headers)];
        expect(again).toBe(first);
        counts.add(first);
      }
      expect(counts.size).toBe(4);
    });
  });
}

async function order(setting: Setting, headers: Record<string, string>): Promise<string> {
  const { text } = await setting.rest('stranger', { method: 'POST', path: '/orders', headers, json: {} });
  return (JSON.parse(text) as { uuid: string }).uuid;
}

const oneProduct = async ({ stage }: Setting) => ({ product_id: Number(stage.things.product.id), quantity: 1 });

/** A request of an operation for each of its places for a text. */
function requestsOf({ method, path, query, headers, body }: Operation, payload: string): RestRequest[] {
  const usual = path.replaceAll(/\{\w+\}/g, '1');
  const texts = Object.entries(body?.properties ?? {}).filter(
    ([, { type }]) => type === 'string' || type === undefined,
  );
  const json = Object.fromEntries(
    Object.entries(body?.properties ?? {}).map(([name, { type }]) => [name, type === 'string' ? 'a long text' : 1]),
  );
  const escaped = encodeURIComponent(payload.toWellFormed());
  // What no header can bear never leaves the client.
  const inHeader = utf8(payload.toWellFormed().replaceAll('\0', ''));
  return [
    ...(path === usual ? [] : [{ method, path: path.replaceAll(/\{\w+\}/g, escaped), ...(body && { json }) }]),
    ...query.map((name) => ({ method, path: `${usual}?${name}=${escaped}` })),
    ...headers.map((name) => ({ method, path: usual, headers: { [name]: inHeader }, ...(body && { json }) })),
    ...texts.map(([name]) => ({ method, path: usual, json: { ...json, [name]: payload } })),
  ];
}

/** The tables of every service, by its name. */
async function tablesOf({ stage }: Setting): Promise<Record<string, string[]>> {
  const entries = serviceNames.map(async (service) => {
    const { rows } = await connected(stage.shop.database(service), (client) =>
      client.query<{ name: string }>(
        `select table_schema || '.' || table_name as name from information_schema.tables
         where table_schema not in ('pg_catalog', 'information_schema') order by 1`,
      ),
    );
    return [service, rows.map(({ name }) => name)] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}
