import type { Service } from './laboratory.js';
import { deliveriesOf, type Delivery, type Message, retried } from './messages.js';
import { isStill, openIntents, type Request, type State } from './state.js';
import type { Outcome, Transitions } from './transitions.js';

/** Where a step leads; or that it may not be. */
export interface Step {
  readonly label: string;
  readonly state: State;
  /** Why this step must not have come to this. */
  readonly fault?: string;
}

const say = ({ queue, message }: Delivery): string => `${message.type} → ${queue.split(':')[0]}`;

/** Everything that can happen next. */
export class Saga {
  constructor(private readonly transitions: Transitions) {}

  async steps(state: State): Promise<Step[]> {
    const steps: Step[] = [];
    for (const delivery of unlike(state.waiting)) await this.deliver(state, delivery, steps);
    for (const delivery of unlike(state.charging)) await this.charge(state, delivery, steps);
    if (state.extras.faults > 0)
      for (const delivery of unlike([...state.heard, ...state.charging])) await this.duplicate(state, delivery, steps);
    if (state.asks.first + state.asks.again > 0) await this.ask(state, steps);
    for (const request of state.requests) await this.go(state, request, steps);
    await this.cancel(state, steps);
    await this.timeOut(state, steps);
    await this.delete(state, steps);
    return steps;
  }

  private async deliver(state: State, delivery: Delivery, steps: Step[]): Promise<void> {
    const { transitions } = this;
    const { service } = delivery;
    const content = state.contents[service];
    const outcome = await transitions.deliver(delivery, content);
    const rest = { ...state, waiting: without(state.waiting, delivery) };
    steps.push(heard(rest, delivery, outcome, say(delivery)));
    await this.crashes(
      (commits) => transitions.deliver(delivery, content, commits),
      (crashed, commits) => {
        const label = `${say(delivery)}, crashes after ${commits} commits`;
        for (const again of retries(delivery))
          steps.push({
            label: `${label}, attempt ${again.attempt} follows`,
            state: failed(after(rest, service, crashed), [again]),
          });
      },
      state,
    );
  }

  private async charge(state: State, delivery: Delivery, steps: Step[]): Promise<void> {
    const { transitions } = this;
    const content = state.contents.payments;
    const rest = { ...state, charging: without(state.charging, delivery) };
    const label = `the provider answers (${say(delivery)})`;
    steps.push(heard(rest, delivery, await transitions.charge(delivery, content), label));
    await this.crashes(
      (commits) => transitions.charge(delivery, content, commits),
      (crashed, commits) => {
        for (const again of retries(delivery))
          steps.push({
            label: `${label}, payments crashes after ${commits} commits, attempt ${again.attempt} follows`,
            state: failed(after(rest, 'payments', crashed), [again]),
          });
      },
      state,
    );
  }

  private async duplicate(state: State, delivery: Delivery, steps: Step[]): Promise<void> {
    const outcome = await this.transitions.deliver(delivery, state.contents[delivery.service]);
    steps.push(heard(failed(state, []), delivery, outcome, `${say(delivery)}, once more`));
  }

  private async ask(state: State, steps: Step[]): Promise<void> {
    const { asks, contents } = state;
    const label = asks.first > 0 ? 'the customer places the order' : 'the customer asks again';
    const left = asks.first > 0 ? { ...asks, first: 0 } : { ...asks, again: asks.again - 1 };
    const rest = { ...state, asks: left };
    const outcome = await this.transitions.ask(contents.orders);
    steps.push(asked(rest, outcome, label));
    await this.crashes(
      (commits) => this.transitions.ask(contents.orders, commits),
      (crashed, commits) =>
        steps.push({
          label: `${label}, orders crashes after ${commits} commits`,
          state: failed(unanswered(after(rest, 'orders', crashed)), []),
        }),
      state,
    );
    if (asks.first === 0 || state.extras.faults === 0) return;
    // Twice at once: both requests are under way before either is answered.
    steps.push(asked(failed({ ...rest, asks: { ...left, again: left.again + 1 } }, []), outcome, `${label} twice`));
  }

  /** A request goes on: cart is asked, or its answer settled. */
  private async go(state: State, request: Request, steps: Step[]): Promise<void> {
    const { transitions } = this;
    const { uuid, origin, answer } = request;
    const { cart, orders } = state.contents;
    const rest = { ...state, requests: state.requests.filter((other) => other !== request) };
    if (!answer) {
      if (state.extras.faults > 0)
        steps.push({ label: 'orders crashes before it asks cart', state: failed(unanswered(rest), []) });
      const label = 'cart is asked';
      const outcome = await transitions.checkout(uuid, cart);
      const answered = { ...request, answer: outcome.answer ?? null };
      steps.push({ label, state: { ...after(rest, 'cart', outcome), requests: [...rest.requests, answered] } });
      await this.crashes(
        (commits) => transitions.checkout(uuid, cart, commits),
        (crashed, commits) =>
          steps.push({
            label: `${label}, and crashes after ${commits} commits`,
            state: failed({ ...after(rest, 'cart', crashed), requests: state.requests }, []),
          }),
        state,
      );
      return;
    }
    const label = 'orders hears what cart has given';
    const outcome = await transitions.settle(uuid, answer, origin, orders);
    const settled = after(rest, 'orders', outcome);
    const step = {
      label: `${label}, answers ${outcome.status}`,
      state: outcome.status === 503 ? unanswered(settled) : settled,
    };
    const known = outcome.status === 201 || outcome.status === 400 || outcome.status === 503;
    steps.push(known ? step : { ...step, fault: `orders answers ${outcome.status}` });
    await this.crashes(
      (commits) => transitions.settle(uuid, answer, origin, orders, commits),
      (crashed, commits) =>
        steps.push({
          label: `${label}, crashes after ${commits} commits`,
          state: failed(unanswered(after(rest, 'orders', crashed)), []),
        }),
      state,
    );
  }

  private async cancel(state: State, steps: Step[]): Promise<void> {
    const { extras, contents } = state;
    if (extras.interruptions === 0 || extras.cancellations === 0) return;
    for (const order of contents.orders.tables['orders'] ?? []) {
      const outcome = await this.transitions.cancel(String(order['uuid']), contents.orders);
      const left = { cancellations: extras.cancellations - 1, interruptions: extras.interruptions - 1 };
      const next = after({ ...state, extras: { ...extras, ...left } }, 'orders', outcome);
      const label = `the customer cancels: ${outcome.status}`;
      const expected = order['status'] === 'Pending' ? 200 : 409;
      if (outcome.status !== expected) steps.push({ label, state: next, fault: `not ${expected}` });
      else if (outcome.content !== contents.orders) steps.push({ label, state: next });
    }
  }

  /** Where only an intent that nobody resumes is left, the clock always comes. */
  private async timeOut(state: State, steps: Step[]): Promise<void> {
    const { extras, contents } = state;
    const { orders } = contents;
    const unsaid = (orders.tables['outbox'] ?? []).filter((row) => row['published_at'] === null);
    const waiting = (orders.tables['orders'] ?? []).filter(
      ({ status, uuid }) => status === 'Pending' && unsaid.every((row) => row['correlation_id'] !== uuid),
    );
    const open = openIntents(orders);
    const allowed = extras.interruptions > 0 && extras.timeOuts > 0;
    const due = allowed ? open.length + waiting.length : isStill(state) ? open.length : 0;
    if (due === 0) return;
    const left = allowed && { timeOuts: extras.timeOuts - 1, interruptions: extras.interruptions - 1 };
    const outcome = await this.transitions.timeOut(orders);
    const next = after({ ...state, extras: { ...extras, ...left } }, 'orders', outcome);
    steps.push({ label: 'the time is over', state: next });
  }

  private async delete(state: State, steps: Step[]): Promise<void> {
    const { extras, contents } = state;
    if (extras.deletion === null) return;
    const outcome = await this.transitions.deleteProduct(extras.deletion, contents.products);
    const next = after({ ...state, extras: { ...extras, deletion: null } }, 'products', outcome);
    const fault = outcome.status === 204 ? undefined : `products answers ${outcome.status}`;
    steps.push({ label: 'an administrator deletes a product', state: next, ...(fault && { fault }) });
  }

  /** A crash after no commit, after the first, and so on, until the work outlives it. */
  private async crashes(
    attempt: (commits: number) => Outcome | Promise<Outcome>,
    found: (crashed: Outcome, commits: number) => void,
    state: State,
  ): Promise<void> {
    if (state.extras.faults === 0) return;
    for (let commits = 0; ; commits += 1) {
      const outcome = await attempt(commits);
      if (outcome.end !== 'crashed') return;
      found(outcome, commits);
    }
  }
}

/** The messages that leave with a content are under way from then on. */
function after(state: State, service: Service, { content, published }: Outcome): State {
  const added = published.flatMap((message: Message) => deliveriesOf(message));
  return {
    ...state,
    contents: { ...state.contents, [service]: content },
    waiting: added.length > 0 ? [...state.waiting, ...added] : state.waiting,
  };
}

function heard(rest: State, delivery: Delivery, outcome: Outcome, label: string): Step {
  const next = after(rest, delivery.service, outcome);
  if (outcome.end === 'held') return { label, state: { ...next, charging: [...next.charging, delivery] } };
  const state = { ...next, heard: next.heard.includes(delivery) ? next.heard : [...next.heard, delivery] };
  if (outcome.end === 'done') return { label, state };
  return { label, state, fault: `the handler fails: ${String(outcome.error)}` };
}

function asked(rest: State, outcome: Outcome, label: string): Step {
  const next = after(rest, 'orders', outcome);
  if (outcome.end === 'held') {
    const [uuid] = openIntents(outcome.content);
    if (uuid === undefined) return { label, state: next, fault: 'cart is asked without an intent' };
    return { label, state: { ...next, requests: [...next.requests, { uuid, origin: outcome.content, answer: null }] } };
  }
  if (outcome.status === 201) return { label: `${label}: it is there`, state: next };
  return { label, state: next, fault: `orders answers ${outcome.status}` };
}

/** One fault less may follow; some deliveries come again. */
function failed(state: State, again: readonly Delivery[]): State {
  const { extras } = state;
  return {
    ...state,
    waiting: [...state.waiting, ...again],
    extras: { ...extras, faults: extras.faults - 1 },
  };
}

/** The customer has got no order, and may ask once again. */
function unanswered(state: State): State {
  return state.asks.again > 0 || state.extras.faults === 0 ? state : { ...state, asks: { ...state.asks, again: 1 } };
}

/** A delivery after a crash: the broker counts no attempt for it; one after a fault that the process survived counts. */
function retries(delivery: Delivery): Delivery[] {
  return delivery.service === 'payments' ? [delivery, retried(delivery)] : [delivery];
}

function without(deliveries: readonly Delivery[], delivery: Delivery): Delivery[] {
  const index = deliveries.indexOf(delivery);
  return deliveries.toSpliced(index, 1);
}

function unlike(deliveries: readonly Delivery[]): Delivery[] {
  return [...new Set(deliveries)];
}
