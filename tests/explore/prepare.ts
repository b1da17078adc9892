import { queueName } from '@shop/shared/messaging/topology';
import type { Content } from './contents.js';
import { type Laboratory, type Service, services } from './laboratory.js';
import { deliveriesOf, type Message } from './messages.js';
import type { Beginning } from './rule-book.js';
import type { State } from './state.js';
import type { Scenario } from './scenarios.js';
import type { Outcome, Transitions } from './transitions.js';

type Contents = Readonly<Record<Service, Content>>;

/** What every service keeps now. */
export async function contentsOf({ contents }: Laboratory): Promise<Contents> {
  const saved = await Promise.all(services.map(async (service) => [service, await contents[service].save()] as const));
  return Object.fromEntries(saved) as Record<Service, Content>;
}

/** Fills the shop for a scenario, and brings it to where that begins. `empty`: the contents of a shop that is new. */
export async function prepare(
  laboratory: Laboratory,
  transitions: Transitions,
  { products, from, extras }: Scenario,
  empty: Contents,
): Promise<{ root: State; beginning: Beginning }> {
  for (const service of services) await laboratory.contents[service].restore(empty[service]);
  await laboratory.createProducts(products.map(({ name, price, stock }) => ({ name, price, stock })));
  await tellCart(laboratory);
  for (const [index, { wanted }] of products.entries()) await laboratory.addToCart(index + 1, wanted);
  for (const [index, { stockLater }] of products.entries())
    if (stockLater !== undefined) await laboratory.setStock(index + 1, stockLater);
  await tellCart(laboratory);
  for (const service of services) await laboratory.contents[service].sql('delete from inbox; delete from outbox');
  const full = await contentsOf(laboratory);
  const beginning = {
    stock: new Map(products.map(({ stock, stockLater }, index) => [index + 1, stockLater ?? stock])),
    cart: new Map(products.map(({ wanted }, index) => [index + 1, wanted])),
  };
  const start: State = {
    ...{ contents: full, waiting: [], charging: [], requests: [], heard: [] },
    ...{ asks: { first: 1, again: 0 }, extras },
  };
  if (from === 'cart') return { root: start, beginning };
  const placed = await place(transitions, full);
  if (from === 'order') return { root: { ...start, ...placed, asks: { first: 0, again: 0 } }, beginning };
  const [order] = placed.contents.orders.tables['orders'] ?? [];
  const cancelled = await transitions.cancel(String(order?.['uuid']), placed.contents.orders);
  const contents = { ...placed.contents, orders: cancelled.content };
  const waiting = [...placed.waiting, ...under(cancelled)];
  return { root: { ...start, contents, waiting, asks: { first: 0, again: 0 } }, beginning };
}

/** Places the order, with nothing in between. */
async function place(transitions: Transitions, full: Contents): Promise<Pick<State, 'contents' | 'waiting'>> {
  const asked = await transitions.ask(full.orders);
  const uuid = String(asked.content.tables['intents']?.[0]?.['uuid']);
  const taken = await transitions.checkout(uuid, full.cart);
  if (!taken.answer) throw new Error('cart gave no answer');
  const settled = await transitions.settle(uuid, taken.answer, asked.content, asked.content);
  if (settled.status !== 201) throw new Error(`the order was not placed: ${settled.status}`);
  return { contents: { ...full, cart: taken.content, orders: settled.content }, waiting: under(settled) };
}

const under = ({ published }: Outcome) => published.flatMap((message: Message) => deliveriesOf(message));

/** What products has announced reaches cart at once. */
async function tellCart(laboratory: Laboratory): Promise<void> {
  await laboratory.relay('products');
  const { products, cart } = laboratory.buses;
  for (const { exchange: _, body, ...envelope } of products.takePublished()) {
    const message = { ...envelope, text: JSON.stringify(body), attempt: 1, redelivered: false };
    await cart.deliver(queueName('cart', envelope.type), message);
  }
}
