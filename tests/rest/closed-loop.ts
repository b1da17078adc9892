import { RestRefusal, RestShopper } from './rest-shopper.js';

interface LoopOptions {
  readonly origin: string;
  readonly shoppers: number;
  /** No purchase begins past this time, in ms of performance.now(), but for the first two of each. */
  readonly until: number;
  /** Products of which there is enough for everybody. */
  readonly plenty: readonly number[];
  /** A product of which there is not: everybody tries for it now and then. */
  readonly scarce: number;
}

/** What the shoppers met. Durations in ms. */
export interface Looped {
  /** Orders that were paid, and those of the scarce product that came too late. */
  paid: number;
  soldOut: number;
  /** Requests or orders that ended in another way than they should, and how often. */
  readonly failures: Record<string, number>;
  /** Register to payment: each request of one purchase, one after the other. */
  readonly purchases: number[];
  /** From the answer of POST /orders to the poll that saw Paid. */
  readonly placedToPaid: number[];
}

/** One for the scarce product and one for another, however slow the machine is. */
const LEAST_TURNS = 2;
/** Every so many purchases all try for the scarce product, the first ones at the same time. */
const TRY_FOR_THE_SCARCE = 4;

/** Shoppers who each buy, as somebody new every time, one purchase after the other until the time is over. */
export async function closedLoop({ origin, shoppers, until, plenty, scarce }: LoopOptions): Promise<Looped> {
  const looped: Looped = { paid: 0, soldOut: 0, failures: {}, purchases: [], placedToPaid: [] };
  const shop = async (shopper: number) => {
    for (let turn = 0; turn < LEAST_TURNS || performance.now() < until; turn += 1) {
      const wantsTheScarce = turn % TRY_FOR_THE_SCARCE === 0;
      const wanted = wantsTheScarce ? scarce : (plenty[(turn + shopper) % plenty.length] ?? scarce);
      await purchase(origin, wanted, wantsTheScarce, looped).catch((error: unknown) => {
        looped.failures[String(error)] = (looped.failures[String(error)] ?? 0) + 1;
      });
    }
  };
  await Promise.all(Array.from({ length: shoppers }, (_, shopper) => shop(shopper)));
  return looped;
}

/** The whole of it: register, log in, look, fill the cart, order, wait until it is Paid, look at the payment. */
async function purchase(origin: string, wanted: number, maySellOut: boolean, looped: Looped): Promise<void> {
  const began = performance.now();
  const shopper = await RestShopper.register(origin);
  const products = await shopper.products();
  const product = products.find(({ id }) => id === wanted);
  if (!product) throw new Error(`product ${wanted} is not in the list`);
  const quantity = 1 + (product.id % 2);
  try {
    await shopper.addToCart(wanted, quantity);
  } catch (error) {
    if (!(maySellOut && error instanceof RestRefusal && error.answer.includes('insufficient stock'))) throw error;
    looped.soldOut += 1;
    return;
  }
  const placed = await shopper.placeOrder();
  const placedAt = performance.now();
  const order = await shopper.decided(placed.uuid);
  const decidedAt = performance.now();
  if (maySellOut && order.cancellation_reason === 'OUT_OF_STOCK') {
    looped.soldOut += 1;
    return;
  }
  const payment = await shopper.payment(placed.uuid);
  const total = product.price * quantity;
  const seen = `${order.status} ${order.total} ${payment.status} ${payment.amount}`;
  if (seen !== `Paid ${total} SUCCEEDED ${total}`) throw new Error(`order ${placed.uuid} for ${total} ended ${seen}`);
  looped.paid += 1;
  looped.purchases.push(performance.now() - began);
  looped.placedToPaid.push(decidedAt - placedAt);
}
