import { setTimeout as pause } from 'node:timers/promises';
import type { Patience } from './patience.js';
import type { Random } from './random.js';
import type { RestClient } from './rest-client.js';
import { Refusal } from './shop-client.js';

/** The goods that an administrator may touch during a run. */
export interface Goods {
  /** Their prices and stocks change. */
  readonly changing: readonly number[];
  /** They are taken out of the shop, one after the other. */
  readonly doomed: readonly number[];
}

const EVERY_MS = 1_500;
const SHARES = { deletion: 0.15, stock: 0.4 };
const MOST_STOCK = 60;

/** An administrator at work: changes prices and stocks, and deletes a product now and then, by the API. */
export class Shopkeeping {
  /** Products whose stock was set, or may have been: of them nobody can say what it was at the start. */
  readonly restocked = new Set<number>();
  /** Products that were deleted, or may have been: they leave carts. */
  readonly deleted = new Set<number>();
  edits = 0;

  constructor(
    private readonly keeper: RestClient,
    private readonly patience: Patience,
    private readonly random: Random,
    private readonly goods: Goods,
  ) {}

  async run(durationMs: number): Promise<void> {
    const until = performance.now() + durationMs;
    while (performance.now() < until) {
      await pause(this.random.between(0.5, 1.5) * EVERY_MS);
      await this.patience.insist(this.next());
      this.edits += 1;
    }
  }

  private next(): () => Promise<void> {
    const { keeper, random, goods } = this;
    const doomed = goods.doomed.find((id) => !this.deleted.has(id));
    if (doomed !== undefined && random.chance(SHARES.deletion)) {
      this.deleted.add(doomed);
      return () => keeper.deleteProduct(doomed).catch(unlessGone);
    }
    const product = goods.changing[Math.floor(random.between(0, goods.changing.length))] ?? 0;
    if (!random.chance(SHARES.stock)) {
      const price = 1_000 + 100 * Math.floor(random.between(0, 20));
      return () => keeper.changeProduct(product, { price });
    }
    this.restocked.add(product);
    const stock = Math.floor(random.between(0, MOST_STOCK));
    return () => keeper.changeProduct(product, { stock });
  }
}

/** Gone is also what was deleted before, by a request whose answer got lost. */
function unlessGone(error: unknown): void {
  if (!(error instanceof Refusal && error.message.startsWith('404'))) throw error;
}
