import { randomUUID } from 'node:crypto';
import { isUuid } from '@shop/shared/text/uuid';
import { marksIn } from '../marks.js';
import type { Setting } from '../setting.js';

const cursor = (position: unknown) => Buffer.from(JSON.stringify(position)).toString('base64url');

/** A number that no thing has; it is no longer than those that some do, so that no rule of form tells them apart. */
const ABSENT_ID = '8999999999999999';

interface Attempt {
  readonly what: string;
  readonly id: (setting: Setting) => string;
  /** As far as the answer tells something. */
  readonly ask: (setting: Setting, id: string) => Promise<{ readonly status: number; readonly text: string }>;
}

const byGraphql =
  (query: string, door: Parameters<Setting['graphql']>[3] = 'gateway'): Attempt['ask'] =>
  (setting, id) =>
    setting.graphql('stranger', query, { id }, door);
const byRest =
  (method: string, path: string, json?: unknown, door: Parameters<Setting['rest']>[2] = 'gateway'): Attempt['ask'] =>
  (setting, id) =>
    setting.rest('stranger', { method, path: path.replace('ID', encodeURIComponent(id)), json }, door);

const order = 'id uuid status total shippingAddress';
const orderId = ({ stage }: Setting) => stage.things.order.id;
const orderUuid = ({ stage }: Setting) => stage.things.order.uuid;
const itemId = ({ stage }: Setting) => stage.things.cartItem.id;

const byAnyName = (what: string, ask: Attempt['ask']): Attempt[] => [
  { what: `${what}, by id`, id: orderId, ask },
  { what: `${what}, by uuid`, id: orderUuid, ask },
];

const attempts: readonly Attempt[] = [
  ...byAnyName('an order', byGraphql(`query ($id: ID!) { order(id: $id) { ${order} } }`)),
  ...byAnyName('an order at orders itself', byGraphql(`query ($id: ID!) { order(id: $id) { ${order} } }`, 'orders')),
  ...byAnyName('an order by REST', byRest('GET', '/orders/ID')),
  ...byAnyName('an order by REST at orders itself', byRest('GET', '/orders/ID', undefined, 'orders')),
  { what: 'an order, searched for', id: orderId, ask: byRest('GET', '/orders/search?id=ID') },
  ...byAnyName('to cancel', byGraphql(`mutation ($id: ID!) { cancelOrder(id: $id) { ${order} } }`)),
  ...byAnyName('to cancel by REST', byRest('PUT', '/orders/ID/status', { status: 'Cancelled' })),
  ...byAnyName(
    'to ship',
    byGraphql(`mutation ($id: ID!) { updateOrderStatus(id: $id, status: SHIPPED) { ${order} } }`),
  ),
  ...byAnyName('to ship by REST', byRest('PUT', '/orders/ID/status', { status: 'Shipped' })),
  {
    what: 'a payment',
    id: orderUuid,
    ask: byGraphql('query ($id: ID!) { payment(orderUuid: $id) { id amount status } }'),
  },
  { what: 'a payment by REST', id: orderUuid, ask: byRest('GET', '/payments/ID') },
  {
    what: 'a payment by REST at payments itself',
    id: orderUuid,
    ask: byRest('GET', '/payments/ID', undefined, 'payments'),
  },
  {
    what: 'to change a cart',
    id: itemId,
    ask: byGraphql('mutation ($id: ID!) { updateCartItem(id: $id, quantity: 9) { id total } }'),
  },
  { what: 'to change a cart by REST', id: itemId, ask: byRest('PUT', '/cart/ID', { quantity: 9 }) },
  {
    what: 'to empty a cart',
    id: itemId,
    ask: byGraphql('mutation ($id: ID!) { removeFromCart(id: $id) { id total } }'),
  },
  { what: 'to empty a cart by REST', id: itemId, ask: byRest('DELETE', '/cart/ID') },
];

/** Other ways to write one and the same name of a thing, as somebody may have who checks it and somebody else who uses it. */
const spellings = (id: string): string[] => [
  id.toUpperCase(),
  ...[
    ` ${id}`,
    `${id} `,
    `+${id}`,
    `0${id}`,
    `${id}.0`,
    `${id}e0`,
    `${id}\0`,
    `${id}\n`,
    `${id}#`,
    `${id}?x`,
    `${id}/.`,
  ],
  ...(isUuid(id) ? [`{${id}}`, `urn:uuid:${id}`, id.replaceAll('-', '')] : [`0x${Number(id).toString(16)}`]),
  id.replace(/[0-9]/g, (digit) => String.fromCodePoint(0xff10 + Number(digit))),
];

/** Insecure direct object references: things of the owner's, named by a stranger. */
export function foreignThings(given: () => Setting): void {
  describe('IDOR', () => {
    it.each(attempts)('$what: not told from one that is not there', async ({ id, ask }) => {
      const setting = given();
      const theirs = id(setting);
      const absent = isUuid(theirs) ? randomUUID() : ABSENT_ID;
      const [found, missing] = await Promise.all([ask(setting, theirs), ask(setting, absent)]);
      expect([found.status, found.text.replaceAll(theirs, 'ID')]).toEqual([
        missing.status,
        missing.text.replaceAll(absent, 'ID'),
      ]);
    });

    it.each(attempts)('$what: not by another spelling of its name', async ({ id, ask }) => {
      const setting = given();
      const theirs = id(setting);
      for (const spelling of spellings(theirs)) {
        const { status, text } = await ask(setting, spelling);
        expect([spelling, status < 500, marksIn(text, { theirs }, setting.stage.things)]).toEqual([
          spelling,
          true,
          null,
        ]);
        expect(text).not.toMatch(/"(?:total|amount|quantity)":\d/);
      }
    });

    it('reads no list from a place in somebody else’s', async () => {
      const setting = given();
      const { order, owner } = setting.stage.things;
      const after = cursor(Number(order.id) + 1);
      const query = `query ($after: String) {
        me { orders(after: $after) { edges { node { uuid user { id } } } } }
        orders(after: $after) { edges { node { uuid user { id } } } }
      }`;
      const { text } = await setting.graphql('stranger', query, { after });
      expect(text).toContain('"edges"');
      expect(text).not.toContain(order.uuid);
      expect(text).not.toContain(`"id":"${owner.id}"`);
    });

    it('has nothing changed', async () => {
      const { stage } = given();
      expect(await stage.belongings()).toMatchObject({
        cart: { items: [{ id: stage.things.cartItem.id, quantity: 1 }] },
        orders: { edges: [{ node: { uuid: stage.things.order.uuid, status: 'CANCELLED', version: 2 } }] },
      });
    });
  });

  describe('somebody else’s entities', () => {
    const find = (setting: Setting, door: 'orders' | 'payments' | 'mailer' | 'cart' | 'auth', keys: unknown[]) => {
      const fields: Readonly<Record<string, string>> = {
        orders:
          '... on Order { id uuid total } ... on OrderItem { id price } ... on User { orders { edges { node { uuid } } } }',
        payments: '... on Payment { id amount } ... on Order { payment { id amount } }',
        mailer: '... on Email { id to } ... on Order { emails { id to } }',
        cart: '... on Cart { id total } ... on CartItem { id price }',
        auth: '... on User { id email }',
      };
      const query = `query ($keys: [_Any!]!) { _entities(representations: $keys) { ${fields[door]} } }`;
      return setting.graphql('stranger', query, { keys }, door);
    };

    it('are null between one’s own, whatever else a key says', async () => {
      const setting = given();
      const { order } = setting.stage.things;
      const mine = await ownOrder(setting);
      const Order = { __typename: 'Order' };
      const { data } = await find(setting, 'orders', [
        { ...Order, id: mine.id },
        { ...Order, id: order.id },
        { ...Order, uuid: mine.uuid },
        { ...Order, uuid: order.uuid },
        { ...Order, uuid: order.uuid.toUpperCase() },
        { ...Order, id: mine.id, uuid: order.uuid },
        { ...Order, id: order.id, userId: mine.userId, user: { id: mine.userId }, user_id: mine.userId },
        { ...Order, id: Number(order.id) },
        { ...Order, id: mine.id },
      ]);
      const found = (data as { _entities: ({ uuid: string } | null)[] })._entities.map((one) => one?.uuid ?? null);
      expect(found).toEqual([mine.uuid, null, mine.uuid, null, null, null, null, null, mine.uuid]);
    });

    it('are of no other type than they are', async () => {
      const setting = given();
      const { owner, order, cartItem, orderItem, payment, email } = setting.stage.things;
      const ids = [owner.id, order.id, order.uuid, cartItem.id, orderItem.id, payment.id, email.id];
      const names = [
        'User',
        'Order',
        'OrderItem',
        'Payment',
        'Email',
        'Cart',
        'CartItem',
        'Query',
        'AuthPayload',
        'Nothing',
      ];
      for (const door of ['orders', 'payments', 'mailer', 'cart', 'auth'] as const)
        for (const __typename of [...names, '__proto__', 'constructor', '', 7, null]) {
          const keys = ids.flatMap((id) => [
            { __typename, id },
            { __typename, uuid: id },
          ]);
          const { status, text } = await find(setting, door, keys);
          expect([door, __typename, status < 500]).toEqual([door, __typename, true]);
          expect(marksIn(text, keys, setting.stage.things)).toBeNull();
        }
    });
  });
}

interface Mine {
  readonly id: string;
  readonly uuid: string;
  readonly userId: string;
}

async function ownOrder(setting: Setting): Promise<Mine> {
  const { data } = await setting.graphql('stranger', '{ orders { edges { node { id uuid user { id } } } } }');
  const { orders } = data as { orders: { edges: { node: Omit<Mine, 'userId'> & { user: { id: string } } }[] } };
  const [edge] = orders.edges;
  if (!edge) throw new Error('the stranger has no order');
  return { ...edge.node, userId: edge.node.user.id };
}
