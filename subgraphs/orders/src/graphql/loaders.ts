import DataLoader from 'dataloader';
import type { OrderReader } from '../persistence/order-reader.js';
import type { OrderEventView, OrderItemView, OrderView } from '../persistence/order-view.js';

/** How many orders of a user, and those before which one. */
export interface UserPage {
  readonly userId: number;
  readonly after: number | null;
  readonly limit: number;
}

/** What one operation loads: one statement for all the keys of a step. */
export interface OrdersLoaders {
  readonly orderById: DataLoader<number, OrderView | null>;
  readonly orderByUuid: DataLoader<string, OrderView | null>;
  readonly itemById: DataLoader<number, OrderItemView | null>;
  readonly items: DataLoader<number, OrderItemView[]>;
  /** The whole timeline of an order. */
  readonly timeline: DataLoader<number, OrderEventView[]>;
  readonly ordersOfUser: DataLoader<UserPage, OrderView[]>;
}

// Nothing is kept beyond its batch: a subscription lives for hours with the same loaders.
const batched = <Key, Value>(load: (keys: readonly Key[]) => Promise<Value[]>) =>
  new DataLoader<Key, Value>(load, { cache: false });

export function createLoaders(reader: OrderReader): OrdersLoaders {
  return {
    orderById: batched(async (ids) => inOrder(ids, await reader.byIds(ids), (order) => order.id)),
    orderByUuid: batched(async (uuids) => inOrder(uuids, await reader.byUuids(uuids), (order) => order.uuid)),
    itemById: batched(async (ids) => inOrder(ids, await reader.itemsByIds(ids), (item) => item.id)),
    items: batched(async (ids) => grouped(ids, await reader.itemsOf(ids), (item) => item.orderId)),
    timeline: batched(async (ids) => grouped(ids, await reader.timelinesOf(ids), (entry) => entry.orderId)),
    ordersOfUser: batched((pages) => loadPages(reader, pages)),
  };
}

/** One statement for all the users that are asked for the same page: those of one field of an operation. */
async function loadPages(reader: OrderReader, pages: readonly UserPage[]): Promise<OrderView[][]> {
  const results: OrderView[][] = [];
  const alike = Map.groupBy(pages.entries(), ([, { after, limit }]) => `${after} ${limit}`);
  for (const group of alike.values()) {
    const [first] = group;
    if (!first) continue;
    const userIds = [...new Set(group.map(([, { userId }]) => userId))];
    const orders = await reader.pagesOfUsers(userIds, first[1].after, first[1].limit);
    const ofUser = Map.groupBy(orders, (order) => order.userId);
    for (const [index, { userId }] of group) results[index] = ofUser.get(userId) ?? [];
  }
  return results;
}

function inOrder<Key, Value>(keys: readonly Key[], values: Value[], keyOf: (value: Value) => Key): (Value | null)[] {
  const byKey = new Map(values.map((value) => [keyOf(value), value]));
  return keys.map((key) => byKey.get(key) ?? null);
}

function grouped<Key, Value>(keys: readonly Key[], values: Value[], keyOf: (value: Value) => Key): Value[][] {
  const byKey = Map.groupBy(values, keyOf);
  return keys.map((key) => byKey.get(key) ?? []);
}
