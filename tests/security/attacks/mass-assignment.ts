import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { buildASTSchema, type GraphQLInputObjectType, isInputObjectType, parse } from 'graphql';
import { fillCart, makeProduct } from '../stage.js';
import type { Setting } from '../setting.js';

/** What an attacker would like to set, in both of the shop's manners of writing. */
const wishes = {
  ...{ id: 1, uuid: randomUUID(), user_id: 1, userId: 1, user: { id: 1 }, owner: 1, order_id: 1, orderId: 1 },
  ...{ role: 'ADMIN', is_admin: true, isAdmin: true, active: true, password_hash: 'x', passwordHash: 'x' },
  ...{ price: 1, total: 1, subtotal: 1, amount: 1, currency: 'XXX', status: 'Paid', state: 'placed' },
  ...{ version: 99, stock: 999_999, reserved: 0, in_stock: true, inStock: true, deleted_at: null, items: [] },
  ...{ created_at: '2000-01-01T00:00:00Z', createdAt: '2000-01-01T00:00:00Z', timeline: [], email_verified: true },
};

const schema = buildASTSchema(
  parse(readFileSync(join(import.meta.dirname, '../../../gateway/supergraph.graphql'), 'utf8')),
);
const inputs = Object.values(schema.getTypeMap())
  .filter(isInputObjectType)
  .filter(({ name }) => !name.includes('__'));

/** Every input of the graph, by an argument that takes one. */
const takenBy: Readonly<Record<string, (fields: string) => string>> = {
  RegisterInput: (fields) =>
    `mutation { register(input: { email: "a@example.com", username: "abc", password: "a long passphrase", ${fields} }) { token } }`,
  ProductInput: (fields) => `mutation { createProducts(input: [{ name: "x", price: 1, stock: 1, ${fields} }]) { id } }`,
  ProductPatch: (fields) => `mutation { updateProduct(id: "1", patch: { ${fields} }) { id } }`,
  ProductFilter: (fields) => `{ products(filter: { ${fields} }) { edges { cursor } } }`,
  PlaceOrderInput: (fields) => `mutation { placeOrder(input: { ${fields} }) { id } }`,
  LogFilter: (fields) => `{ logs(filter: { ${fields} }) { edges { cursor } } }`,
};

const without = (known: object) => Object.fromEntries(Object.entries(wishes).filter(([name]) => !(name in known)));

/** Mass assignment: fields that nobody asked for, in bodies and inputs, are ignored by REST and refused by GraphQL. */
export function massAssignment(given: () => Setting): void {
  describe('mass assignment', () => {
    it.each(inputs)('is refused by %s, field by field, at the gateway and behind it', async (input) => {
      const setting = given();
      const ask = takenBy[input.name];
      if (!ask) throw new Error(`${input.name} is new: say in mass-assignment.ts which argument takes it`);
      for (const [name, value] of Object.entries(without(fieldsOf(input))))
        for (const door of ['gateway', ownerOf(input)] as const) {
          const { status, errors, data } = await setting.graphql('admin', ask(`${name}: ${literal(value)}`), {}, door);
          const codes = errors.map(({ extensions }) => extensions?.code);
          expect([name, door, status, codes, data]).toEqual([name, door, 400, ['BAD_USER_INPUT'], undefined]);
        }
    });

    it('makes nobody an administrator: POST /auth/register', async () => {
      const setting = given();
      const username = `m${randomUUID().replaceAll('-', '').slice(0, 20)}`;
      const sent = { email: `${username}@example.com`, username, password: 'a long passphrase' };
      const registered = await setting.rest('nobody', post('/auth/register', { ...wishes, ...sent }));
      expect([registered.status, Object.keys(JSON.parse(registered.text) as object)]).toEqual([
        ...[201, ['id', 'email', 'username']],
      ]);
      const body = { ...wishes, login: username, password: sent.password };
      const signedIn = JSON.parse((await setting.rest('nobody', post('/auth/login', body))).text) as {
        id: number;
        token: string;
      };
      expect(signedIn.id).not.toBe(1);
      const { data } = await setting.graphql(
        'admin',
        '{ users(first: 1) { edges { node { username role createdAt } } } }',
      );
      expect(JSON.stringify(data)).toContain(`"username":"${username}","role":"CUSTOMER"`);
      expect(JSON.stringify(data)).not.toContain('2000-01-01');
      const headers = { authorization: `Bearer ${signedIn.token}` };
      expect((await setting.rest('nobody', { method: 'GET', path: '/api/profile', headers })).text).toBe(
        JSON.stringify({ user_id: signedIn.id }),
      );
    });

    it('sets neither price nor whose it is: POST and PUT /cart', async () => {
      const setting = given();
      const { stranger, admin } = setting.stage.people;
      const { id: productId } = await makeProduct(admin, 5_000);
      const { quantity: _, ...others } = { ...wishes, quantity: 1 };
      const added = await setting.rest(
        'stranger',
        post('/cart', {
          ...others,
          user_id: Number(setting.stage.things.owner.id),
          product_id: Number(productId),
          quantity: 2,
        }),
      );
      expect([added.status, JSON.parse(added.text)]).toEqual([
        201,
        { id: expect.any(Number), product_id: Number(productId), quantity: 2, price: 5_000, subtotal: 10_000 },
      ]);
      const { id } = JSON.parse(added.text) as { id: number };
      const json = { ...others, product_id: 1, quantity: 3 };
      const changed = await setting.rest('stranger', { method: 'PUT', path: `/cart/${id}`, json });
      expect([changed.status, JSON.parse(changed.text)]).toEqual([
        200,
        { id, product_id: Number(productId), quantity: 3, price: 5_000, subtotal: 15_000 },
      ]);
      await setting.rest('stranger', { method: 'DELETE', path: '/cart' });
      await fillCart(stranger, setting.stage.things.product.id);
    });

    it('sets nothing but the address of an order: POST /orders and PUT /orders/{id}/status', async () => {
      const setting = given();
      const { stranger, admin } = setting.stage.people;
      await setting.rest('stranger', { method: 'DELETE', path: '/cart' });
      const { id: productId } = await makeProduct(admin, 5_000);
      await fillCart(stranger, productId);
      const placed = await setting.rest('stranger', post('/orders', { ...wishes, shipping_address: 'here' }));
      const order = JSON.parse(placed.text) as { id: number; user_id: number };
      const own = { total: 5_000, currency: 'VND', shipping_address: 'here' };
      expect([placed.status, order]).toEqual([201, expect.objectContaining({ ...own, status: 'Pending', version: 1 })]);
      expect(order).toMatchObject({ items: [{ product_id: Number(productId), quantity: 1, price: 5_000 }] });
      const moving = { ...wishes, status: 'Cancelled', user_id: Number(setting.stage.things.owner.id), version: 77 };
      await setting.rest('stranger', { method: 'PUT', path: `/orders/${order.id}/status`, json: moving });
      const found = await setting.rest('stranger', { method: 'GET', path: `/orders/${order.id}` });
      expect(JSON.parse(found.text)).toMatchObject({ ...own, id: order.id, user_id: order.user_id, version: 2 });
      expect(order.user_id).not.toBe(Number(setting.stage.things.owner.id));
    });

    it('sets neither id, version nor times of a product: POST and PUT /products', async () => {
      const setting = given();
      const product = { name: `Product ${randomUUID()}`, price: 5_000, stock: 5 };
      const made = await setting.rest('admin', post('/products', { ...wishes, ...product }));
      const body = JSON.parse(made.text) as { id: number; created_at: string };
      expect([made.status, body]).toEqual([201, expect.objectContaining({ ...product, version: 1 })]);
      expect([body.id > 1, body.created_at > '2020']).toEqual([true, true]);
      const json = { ...wishes, id: 1, price: 6_000, stock: 5 };
      const changed = await setting.rest('admin', { method: 'PUT', path: `/products/${body.id}`, json });
      expect(JSON.parse(changed.text)).toMatchObject({
        ...product,
        id: body.id,
        price: 6_000,
        version: 2,
        created_at: body.created_at,
      });
    });

    it('makes no entry but the one that is said: POST /ingest', async () => {
      const setting = given();
      const traceId = randomUUID();
      const entry = { ...wishes, message: 'one', trace_id: traceId, received_at: '2000-01-01T00:00:00Z', words: 'x' };
      expect((await setting.rest('service', post('/ingest', entry), 'logger')).status).toBe(202);
      const query =
        'query ($id: String) { logs(filter: { traceId: $id }) { edges { node { id level service message fields } } } }';
      const { data } = await setting.graphql('admin', query, { id: traceId });
      const node = {
        id: expect.not.stringMatching(/^1$/),
        level: 'INFO',
        service: 'unknown',
        message: 'one',
        fields: null,
      };
      expect(data).toEqual({ logs: { edges: [{ node }] } });
    });
  });
}

const post = (path: string, json: unknown) => ({ method: 'POST', path, json });

const fieldsOf = (input: GraphQLInputObjectType) => input.getFields();

/** A value as GraphQL writes it; what is an object there has no quotes around its names. */
function literal(value: unknown): string {
  return JSON.stringify(value).replace(/"(\w+)":/g, '$1: ');
}

function ownerOf({ name }: GraphQLInputObjectType) {
  if (name === 'RegisterInput') return 'auth';
  if (name === 'PlaceOrderInput') return 'orders';
  return name === 'LogFilter' ? 'logger' : 'products';
}
