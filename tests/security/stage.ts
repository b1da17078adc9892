import { randomUUID } from 'node:crypto';
import { Shopper } from '@shop/system/demo/shopper';
import { servicePorts } from '@shop/shared/backing/roster';
import { admin, type RunningShop } from '../e2e/running-shop.js';
import { eventually } from '../support/eventually.js';
import type { ShopSecrets } from './credentials.js';

/** What is the owner's, or anyone's, by its names. */
export interface Things {
  readonly owner: { readonly id: string; readonly email: string; readonly username: string };
  readonly product: { readonly id: string; readonly name: string };
  readonly cartItem: { readonly id: string };
  readonly order: { readonly id: string; readonly uuid: string; readonly shippingAddress: string };
  readonly orderItem: { readonly id: string };
  readonly payment: { readonly id: string };
  readonly email: { readonly id: string };
  readonly logEntry: { readonly id: string; readonly traceId: string };
}

/** Somebody who can sign in again. */
export interface Person {
  readonly login: string;
  readonly password: string;
  readonly shopper: Shopper;
  readonly token: string;
}

interface SettledOrder {
  readonly id: string;
  readonly uuid: string;
  readonly shippingAddress: string;
  readonly items: readonly [{ readonly id: string }];
  readonly payment: { readonly id: string; readonly status: string } | null;
  readonly emails: readonly { readonly id: string; readonly sentAt: string | null }[];
}

/** The simulated provider declines exactly this total: such an order has a value in each of its fields. */
const DECLINED = 6_666;
const SETTLED_WITHIN_MS = 30_000;

/** Three people of whom each has an order that came to its end, and something in the cart; and what there is besides. */
export class Stage {
  private constructor(
    readonly shop: RunningShop,
    readonly people: Readonly<Record<'stranger' | 'owner' | 'admin', Person>>,
    readonly things: Things,
  ) {}

  static async set(shop: RunningShop, secrets: ShopSecrets): Promise<Stage> {
    const shopkeeper = await signIn(shop, admin.email, admin.password);
    const product = await makeProduct(shopkeeper);
    // One after the other, so that the owner is the last of the users.
    const stranger = await newcomer(shop);
    const owner = await newcomer(shop);
    const people = { stranger, owner, admin: shopkeeper };
    const [, order] = await Promise.all(
      [stranger, owner, shopkeeper].map((person) => declinedOrder(person, product.id)),
    );
    const [, cartItem] = await Promise.all([stranger, owner, shopkeeper].map((one) => fillCart(one, product.id)));
    if (!order || !cartItem) throw new Error('the owner has nothing');
    const [user, logEntry] = await Promise.all([profileOf(owner), logSomething(shop, secrets, shopkeeper)]);
    const things = { owner: user, product, cartItem, ...partsOf(order), logEntry };
    return new Stage(shop, people, things);
  }

  /** Another session of the same person, for whoever is about to end it. */
  async newSession({ login, password }: Person): Promise<string> {
    return (await signIn(this.shop, login, password)).token;
  }

  /** What the owner has, as the owner sees it: for telling whether somebody else has changed it. */
  async belongings(): Promise<unknown> {
    return this.people.owner.shopper.run(`{
      me { id email username role }
      cart { items { id quantity } }
      orders { edges { node { uuid status version shippingAddress } } }
    }`);
  }
}

/** Somebody new, who has nothing. */
export async function newcomer(shop: RunningShop): Promise<Person> {
  const username = `m${randomUUID().replaceAll('-', '').slice(0, 20)}`;
  const shopper = await Shopper.register(shop.gateway, username);
  return { login: username, password: `${username}-passphrase`, shopper, token: shopper.token };
}

async function signIn(shop: RunningShop, login: string, password: string): Promise<Person> {
  const shopper = await Shopper.login(shop.gateway, login, password);
  return { login, password, shopper, token: shopper.token };
}

/** A product that a test may do anything to. */
export async function makeProduct({ shopper }: Person, price = DECLINED): Promise<{ id: string; name: string }> {
  const input = { name: `Product ${randomUUID()}`, description: 'A thing to ask for', price, stock: 1_000 };
  const query = 'mutation Make($input: [ProductInput!]!) { createProducts(input: $input) { id name } }';
  return (await shopper.run<{ createProducts: [{ id: string; name: string }] }>(query, { input: [input] }))
    .createProducts[0];
}

/** Puts one of a product into somebody's cart; answers the item. */
export async function fillCart({ shopper }: Person, productId: string): Promise<{ id: string }> {
  const query = 'mutation Add($id: ID!) { addToCart(productId: $id) { items { id product { id } } } }';
  const { addToCart } = await shopper.run<{ addToCart: { items: { id: string; product: { id: string } }[] } }>(query, {
    id: productId,
  });
  const item = addToCart.items.find(({ product }) => product.id === productId);
  if (!item) throw new Error('what was put into the cart is not there');
  return item;
}

async function declinedOrder(person: Person, productId: string): Promise<SettledOrder> {
  await fillCart(person, productId);
  const shippingAddress = `1 Secret Street ${randomUUID()}`;
  const place = 'mutation Place($input: PlaceOrderInput) { placeOrder(input: $input) { uuid } }';
  const { placeOrder } = await person.shopper.run<{ placeOrder: { uuid: string } }>(place, {
    input: { shippingAddress },
  });
  const find = `query Find($id: ID!) { order(id: $id) {
    id uuid shippingAddress items { id } payment { id status } emails { id sentAt } timeline { type }
  } }`;
  return eventually(
    async () => {
      const { order } = await person.shopper.run<{ order: SettledOrder }>(find, { id: placeOrder.uuid });
      expect(order.payment?.status).toBe('FAILED');
      expect(order.emails.map(({ sentAt }) => typeof sentAt)).toEqual(['string']);
      return order;
    },
    { timeoutMs: SETTLED_WITHIN_MS, everyMs: 50 },
  );
}

function partsOf({ id, uuid, shippingAddress, items, payment, emails }: SettledOrder) {
  const [email] = emails;
  if (!payment || !email) throw new Error('the order has not come to its end');
  return { order: { id, uuid, shippingAddress }, orderItem: items[0], payment, email };
}

async function profileOf({ shopper }: Person): Promise<Things['owner']> {
  return (await shopper.run<{ me: Things['owner'] }>('{ me { id email username } }')).me;
}

async function logSomething(shop: RunningShop, secrets: ShopSecrets, { shopper }: Person): Promise<Things['logEntry']> {
  const traceId = randomUUID().replaceAll('-', '');
  const entry = { level: 'info', service: 'till', message: 'sold out', trace_id: traceId, fields: { shelf: 12 } };
  await fetch(`${shop.service(servicePorts.logger)}/ingest`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${secrets.serviceIdentity('logger')}` },
    body: JSON.stringify(entry),
  });
  const query = 'query Find($id: String!) { logs(filter: { traceId: $id }) { edges { node { id } } } }';
  return eventually(
    async () => {
      const { logs } = await shopper.run<{ logs: { edges: { node: { id: string } }[] } }>(query, { id: traceId });
      const [first] = logs.edges;
      if (!first) throw new Error('the entry is not there yet');
      return { id: first.node.id, traceId };
    },
    { timeoutMs: SETTLED_WITHIN_MS },
  );
}
