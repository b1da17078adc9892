import { setTimeout as pause } from 'node:timers/promises';
import type { Patience } from './patience.js';
import { Refusal, type SeenOrder, type ShopClient } from './shop-client.js';

/** What somebody put into the cart: the requests that were answered, and those of which nobody knows. */
export interface Added {
  readonly userId: number;
  readonly product: number;
  least: number;
  most: number;
}

/** After so long, what has not come back to the cart is put there once more. */
const REFILL_MS = 5_000;
const LOOK_EVERY_MS = 250;

/** Somebody who fills one cart and orders it, and does not let go of either. */
export class Customer {
  readonly added = new Map<number, Added>();

  constructor(
    readonly userId: number,
    readonly username: string,
    readonly clients: readonly ShopClient[],
    private readonly patience: Patience,
  ) {}

  /** An access token of theirs. */
  get token(): string {
    return this.clients.find(({ token }) => token !== undefined)?.token ?? '';
  }

  logIn(client: ShopClient): Promise<void> {
    return this.patience.insist(() => client.logIn(this.username, `${this.username}-passphrase`));
  }

  /** Sees to it that a product is in the cart. A request of which nothing was heard may have put it there, or do so later. */
  async fill(client: ShopClient, product: number, quantity: number): Promise<void> {
    await this.patience.insist(async () => {
      if ((await client.cart()).has(product)) return;
      await this.add(client, product, quantity);
    });
  }

  /** The one order that this key gets. The cart may be empty for a while: what an abandoned checkout took comes back. */
  async place(client: ShopClient, key: string, product: number, quantity: number): Promise<SeenOrder> {
    for (let emptySince = Infinity; ;) {
      try {
        return await this.patience.insist(() => client.place(key));
      } catch (error) {
        if (!isCartEmpty(error) || this.patience.isOver) throw error;
        this.patience.note(error.message);
        emptySince = Math.min(emptySince, performance.now());
        await pause(LOOK_EVERY_MS);
        if (performance.now() - emptySince < REFILL_MS) continue;
        await this.fill(client, product, quantity);
        emptySince = Infinity;
      }
    }
  }

  private async add(client: ShopClient, product: number, quantity: number): Promise<void> {
    const { userId } = this;
    const entry = this.added.get(product) ?? { userId, product, least: 0, most: 0 };
    this.added.set(product, entry);
    entry.most += quantity;
    try {
      await client.add(product, quantity);
      entry.least += quantity;
    } catch (error) {
      if (error instanceof Refusal) entry.most -= quantity;
      throw error;
    }
  }
}

export function isCartEmpty(error: unknown): error is Refusal {
  return error instanceof Refusal && error.message.includes('cart empty');
}
