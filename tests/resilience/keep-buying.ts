import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { GraphqlClient } from '../chaos/graphql-client.js';
import { RestClient } from '../chaos/rest-client.js';
import { type ShopClient, Unavailable } from '../chaos/shop-client.js';
import { admin } from '../e2e/running-shop.js';
import type { MessageStore } from '../support/dead-letters.js';
import { violations } from '../support/invariants.js';
import type { Calm, Traffic } from './calm.js';

interface Buyer {
  readonly client: ShopClient;
  readonly username: string;
  readonly products: readonly number[];
  readonly calm: Calm;
  readonly traffic: Traffic;
}

export interface Bought {
  readonly client: ShopClient;
  readonly uuid: string;
}

/** Registers somebody for each of these doors, by names of their own. */
export async function newBuyers(
  gateway: string,
  doors: readonly ShopClient['door'][],
  name: string,
): Promise<Pick<Buyer, 'client' | 'username'>[]> {
  const buyers = doors.map((door, number) => ({
    username: `${name}${number}x${Date.now()}`,
    client: door === 'REST' ? new RestClient(gateway) : new GraphqlClient(gateway),
  }));
  for (const { username } of buyers) await new RestClient(gateway).register(username);
  return buyers;
}

/** Of each product, more than anybody buys. */
const PLENTY = 1_000_000;

/** Two products of which there is enough for everybody: their ids. */
export async function stockUp(gateway: string): Promise<number[]> {
  const shopkeeper = new RestClient(gateway);
  await shopkeeper.logIn(admin.email, admin.password);
  return shopkeeper.createProducts(['Tea', 'Cup'].map((name) => ({ name, price: 1_500, stock: PLENTY })));
}

/** Every one of these orders is Paid, and all rules hold; fails where that is not so yet. `products`: of `stockUp`. */
export async function expectPaid(
  shop: MessageStore,
  bought: readonly Bought[],
  products: readonly number[],
): Promise<void> {
  for (const { client, uuid } of bought) expect(await client.order(uuid)).toMatchObject({ status: 'Paid' });
  expect(await violations(shop, new Map(products.map((id) => [id, PLENTY])))).toEqual([]);
}

/** Between two purchases. */
const BREATH_MS = 20;

/**
 * Somebody who buys one thing after the other until the end, and makes a request that failed once more, not twice. Answers
 * all orders that were placed.
 */
export async function keepBuying({ client, username, products, calm, traffic }: Buyer): Promise<Bought[]> {
  const bought: Bought[] = [];
  const onceMore = async <Answer>(what: string, request: () => Promise<Answer>): Promise<Answer> => {
    traffic.requests += 1;
    try {
      return await request();
    } catch (error) {
      if (!(error instanceof Unavailable)) throw failed(what, error);
      traffic.repeated.push(`${client.door} ${what}: ${error.message}`);
      return await calm.once(request).catch((again: unknown) => Promise.reject(failed(what, again)));
    }
  };
  const failed = (what: string, error: unknown) => {
    traffic.failed.push(`${client.door} ${what}: ${String(error)}`);
    return new Failed();
  };
  for (let round = 0; !calm.isOver; round += 1) {
    try {
      if (round % 5 === 0) await onceMore('login', () => client.logIn(username, `${username}-passphrase`));
      await onceMore('add', () => client.add(products[round % products.length] ?? 0, 1));
      const key = randomUUID();
      const { uuid } = await onceMore('place', () => client.place(key));
      bought.push({ client, uuid });
      await onceMore('order', () => client.order(uuid));
    } catch (error) {
      if (!(error instanceof Failed)) throw error;
    }
    await pause(BREATH_MS);
  }
  return bought;
}

/** Noted already; the purchase is given up. */
class Failed extends Error {}
