import type { Shopper } from '@shop/system/demo/shopper';
import { eventually } from '../../support/eventually.js';

interface History {
  timeline: { type: string }[];
  payment: { status: string; amount: number } | null;
}

/** What became of orders, as an administrator sees it; the same eyes for both sides. */
export class Histories {
  constructor(private readonly shopkeeper: Shopper) {}

  /**
   * The steps of an order up to its end, and its payment. Stock and payment answer in any order; what comes after the end
   * "goes into the timeline and changes nothing else", and whether it still comes is a race that no client can tell.
   */
  async of(uuid: string): Promise<object> {
    const { timeline, payment } = await this.read(uuid);
    const types = timeline.map(({ type }) => type);
    const end = types.findIndex((type) => type === 'order.confirmed' || type === 'order.cancelled');
    const cancelled = types[end] === 'order.cancelled';
    return {
      steps: types.slice(0, end + 1).toSorted(),
      // Of a cancelled order: nothing is kept, whether or not it had been taken.
      payment: cancelled && payment?.status !== 'SUCCEEDED' ? 'nothing kept' : payment,
    };
  }

  /** Waits until the stock of an order has answered and, unless there is none, its payment is under way. */
  async untilHalfWay(uuid: string): Promise<void> {
    await eventually(async () => {
      const { timeline, payment } = await this.read(uuid);
      const has = (step: string) => timeline.some(({ type }) => type === step);
      if (!has('stock.failed') && !(has('stock.reserved') && payment)) throw new Error(`${uuid} is not half way yet`);
    });
  }

  private async read(uuid: string): Promise<History> {
    const query = 'query H($id: ID!) { order(id: $id) { timeline { type } payment { status amount } } }';
    return (await this.shopkeeper.run<{ order: History }>(query, { id: uuid })).order;
  }
}
