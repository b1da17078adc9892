import type { CartAnswer, HeldCheckout } from './cart-gate.js';
import type { Content } from './contents.js';
import type { Laboratory, Service } from './laboratory.js';
import { announced, type Delivery, type Message } from './messages.js';

/** What a step of one service has come to. */
export interface Outcome {
  /**
   * `held`: it waits for an answer from outside; `crashed`: its process ended in the middle, or at the end before anybody
   * heard of it; `outlived`: it was over before it could crash.
   */
  readonly end: 'done' | 'held' | 'crashed' | 'outlived' | 'failed';
  readonly content: Content;
  readonly published: readonly Message[];
  /** HTTP's, where it was a request. */
  readonly status?: number;
  readonly answer?: CartAnswer;
  readonly error?: unknown;
}

type Ending = Pick<Outcome, 'end' | 'status' | 'answer' | 'error'> & {
  /** What lets go of the held work, once it has been seen. */
  readonly abort?: () => Promise<unknown>;
};

/** As a crash that never comes. */
const NEVER = Infinity;

/**
 * The steps of single services, each done for real, on the real database, from a content of it to the next. A service
 * sees nothing but its own database and what it is told, so a step from the same content is done once, however many
 * sequences come by it.
 */
export class Transitions {
  private readonly known = new Map<string, Outcome>();
  /** A content from which the handler of a delivery has once come to its charge. */
  private readonly origins = new Map<Delivery, Content>();
  private readonly trials: (() => Promise<string | undefined>)[] = [];
  /** How many steps were done for real. */
  steps = 0;

  constructor(private readonly laboratory: Laboratory) {}

  /** Hands a message to its queue. Payments' charge is held. */
  deliver(delivery: Delivery, content: Content, commits = NEVER): Outcome | Promise<Outcome> {
    const { service } = delivery;
    const name = `deliver ${delivery.id}`;
    return this.step(service, content, name, commits, async () => {
      const { handling, held, release } = this.begin(delivery);
      const end = await Promise.race([handling, held]);
      if (end !== 'held') return end;
      if (!this.origins.has(delivery)) this.origins.set(delivery, content);
      const abort = () => (release(new Error('nobody waits any more')), handling);
      return { end, abort };
    });
  }

  /** The provider answers the charge that a delivery has come to. */
  charge(delivery: Delivery, content: Content, commits = NEVER): Outcome | Promise<Outcome> {
    const origin = this.origins.get(delivery);
    const { contents, crashes } = this.laboratory;
    return this.step('payments', content, `charge ${delivery.id}`, commits, async () => {
      if (!origin) throw new Error('nothing is held');
      // The handler has come this far by an earlier content; it holds no transaction, so it won't notice what is put under it.
      crashes.plan(NEVER);
      await contents.payments.restore(origin);
      const { handling, held, release } = this.begin(delivery);
      const end = await Promise.race([handling, held]);
      if (end !== 'held') throw new Error('the charge is not asked for again');
      await contents.payments.restore(content);
      crashes.plan(commits);
      release();
      return handling;
    });
  }

  /** The customer asks for the order; the call to cart is held. */
  ask(content: Content, commits = NEVER): Outcome | Promise<Outcome> {
    return this.step('orders', content, 'ask', commits, async () => {
      const { response, held } = this.request();
      const first = await Promise.race([response, held]);
      if (typeof first === 'number') return { end: 'done', status: first };
      const abort = () => (first.answer({ status: 500, body: '{}' }), response);
      return { end: 'held', abort };
    });
  }

  /** Cart gets the checkout's call, and answers. */
  checkout(uuid: string, content: Content, commits = NEVER): Outcome | Promise<Outcome> {
    return this.step('cart', content, `checkout ${uuid}`, commits, async () => {
      return { end: 'done', answer: await this.laboratory.checkout(uuid) };
    });
  }

  /** Orders gets cart's answer, and answers the customer. `origin`: where it had asked. */
  settle(
    uuid: string,
    answer: CartAnswer,
    origin: Content,
    content: Content,
    commits = NEVER,
  ): Outcome | Promise<Outcome> {
    const { contents, crashes } = this.laboratory;
    return this.step('orders', content, `settle ${uuid} ${JSON.stringify(answer)}`, commits, async () => {
      crashes.plan(NEVER);
      await contents.orders.restore(origin);
      const { response, held } = this.request();
      const first = await Promise.race([response, held]);
      if (typeof first === 'number') throw new Error(`cart is not asked again: ${first}`);
      await contents.orders.restore(content);
      crashes.plan(commits);
      first.answer(answer);
      return { end: 'done', status: await response };
    });
  }

  cancel(uuid: string, content: Content): Outcome | Promise<Outcome> {
    return this.step('orders', content, `cancel ${uuid}`, NEVER, async () => {
      return { end: 'done', status: await this.laboratory.cancelOrder(uuid) };
    });
  }

  timeOut(content: Content): Outcome | Promise<Outcome> {
    return this.step('orders', content, 'time out', NEVER, async () => {
      await this.laboratory.sweep();
      return { end: 'done' };
    });
  }

  deleteProduct(id: number, content: Content): Outcome | Promise<Outcome> {
    return this.step('products', content, `delete ${id}`, NEVER, async () => {
      return { end: 'done', status: await this.laboratory.deleteProduct(id) };
    });
  }

  /** Does some of the steps again, evenly chosen; those that came out differently: a service remembered what it must not. */
  async repeat(count: number): Promise<string[]> {
    const different: (string | undefined)[] = [];
    const stride = Math.max(1, Math.floor(this.trials.length / count));
    for (let index = 0; index < this.trials.length; index += stride) different.push(await this.trials[index]?.());
    return different.flatMap((one) => one ?? []);
  }

  private step(
    service: Service,
    content: Content,
    name: string,
    commits: number,
    work: () => Promise<Ending>,
  ): Outcome | Promise<Outcome> {
    const key = `${content.id} ${commits} ${service} ${name}`;
    const known = this.known.get(key);
    if (known) return known;
    return this.perform(service, content, commits, work).then((outcome) => {
      this.known.set(key, outcome);
      this.steps += 1;
      this.trials.push(async () => {
        const again = await this.perform(service, content, commits, work);
        if (again.content === outcome.content && again.end === outcome.end) return undefined;
        const said = ({ end, content: { tables }, published }: Outcome) => JSON.stringify({ end, tables, published });
        return `${key}\nonce:  ${said(outcome)}\nagain: ${said(again)}`;
      });
      return outcome;
    });
  }

  private async perform(
    service: Service,
    content: Content,
    commits: number,
    work: () => Promise<Ending>,
  ): Promise<Outcome> {
    const { contents, crashes, buses } = this.laboratory;
    await contents[service].restore(content);
    crashes.plan(commits);
    const { abort, ...ending } = await work();
    const happened = crashes.happened;
    crashes.plan(NEVER);
    await this.laboratory.relay(service);
    const after = await contents[service].save();
    await abort?.();
    const published = announced(service, content, after);
    if (buses[service].takePublished().length !== published.length)
      throw new Error('the relay published something else');
    const end = happened ? 'crashed' : commits === NEVER ? ending.end : 'outlived';
    return { ...ending, end, content: after, published };
  }

  private begin({ message, queue, service, attempt }: Delivery) {
    const { provider, buses } = this.laboratory;
    let release: (error?: Error) => void = () => undefined;
    const held = new Promise<'held'>((resolve) =>
      provider.holdNext(() => {
        resolve('held');
        return new Promise((go, fail) => (release = (error) => (error ? fail(error) : go())));
      }),
    );
    const { id: messageId, correlationId, type, service: appId, text } = message;
    const incoming = { messageId, correlationId, type, appId, text, attempt, headers: {}, timestamp: 0 };
    const handling = buses[service].deliver(queue, { ...incoming, redelivered: false }).then(
      (): Ending => ({ end: 'done' }),
      (error: unknown): Ending => ({ end: 'failed', error }),
    );
    return { handling, held, release: (error?: Error) => release(error) };
  }

  private request(): { response: Promise<number>; held: Promise<HeldCheckout> } {
    return { held: this.laboratory.gate.next(), response: this.laboratory.placeOrder() };
  }
}
