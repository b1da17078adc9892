import type pg from 'pg';
import { connected } from './connected.js';
import { deadLetters, type MessageStore } from './dead-letters.js';

/** A rule of events.md that does not hold: how many rows break it, and the first of them in full. */
export interface Violation {
  readonly invariant: string;
  readonly count: number;
  readonly first: object;
}

const OUTBOX = 'id uuid, destination text, type text, body jsonb, published_at timestamptz';

/** Every table that the rules speak of, as columns of a copy beside the others: a rule is one query over all databases. */
export const ruleTables: readonly (readonly [service: string, table: string, columns: string, only?: string])[] = [
  ['products', 'products', 'id bigint, stock integer'],
  ['products', 'reservations', 'order_uuid uuid, state text, items jsonb'],
  ['payments', 'payments', 'order_uuid uuid, status text, amount bigint, currency text'],
  ['payments', 'provider_ledger', 'key text, outcome text, amount bigint'],
  ['cart', 'checkouts', 'order_uuid uuid, state text, answer jsonb'],
  ['orders', 'intents', 'uuid uuid, state text, created_at timestamptz'],
  ['orders', 'orders', 'id bigint, uuid uuid, status text, total bigint, currency text, version integer'],
  ['orders', 'order_items', 'order_id bigint, product_id bigint, quantity integer, price bigint'],
  ['orders', 'order_history', 'order_id bigint, version integer'],
  ['mailer', 'emails', 'kind text, order_uuid uuid, status text'],
  ...['products', 'payments', 'cart', 'orders'].map(
    (name) => [name, 'outbox', OUTBOX, 'published_at is null'] as const,
  ),
];

/** What orders hold of each order's products, in one form for comparison with what others keep. */
const HELD = `select uuid, status, jsonb_object_agg(product_id, quantity) as held, sum(quantity * price)::bigint as worth
  from orders join order_items on order_id = orders.id group by uuid, status`;
/** What was written about each order. */
const MAILS = `select order_uuid, kind, array_agg(status) as mails from emails group by order_uuid, kind`;
const itemsOf = (list: string) =>
  `(select jsonb_object_agg(item ->> 'productId', item -> 'quantity') from jsonb_array_elements(${list}) as item)`;

/** Each query answers what breaks the rule of its name ("What must always hold"). */
export const rules: Readonly<Record<string, string>> = {
  'stock at the start is stock now and what orders hold': `
    select initial.*, products.stock as now, coalesce(sold, 0) as held from initial join products using (id)
    left join (select product_id as id, sum(quantity)::bigint as sold from orders join order_items on order_id = orders.id
               where status in ('Paid', 'Shipped', 'Delivered') group by product_id) as sales using (id)
    where initial.stock <> products.stock + coalesce(sold, 0)`,
  'no stock is negative': `select * from products where stock < 0`,
  'a paid order has reserved exactly its items': `
    select * from (${HELD}) as orders left join reservations on order_uuid = uuid
    where status in ('Paid', 'Shipped', 'Delivered') and (state, ${itemsOf('items')}) is distinct from ('reserved', held)`,
  'a paid order has exactly one SUCCEEDED payment, of its total': `
    select orders.*, payments.status as payment, amount from orders left join payments on order_uuid = uuid
    where orders.status in ('Paid', 'Shipped', 'Delivered')
    and (payments.status, amount, payments.currency) is distinct from ('SUCCEEDED', total, orders.currency)`,
  'a paid order was charged once and not refunded': `
    select orders.*, (select jsonb_agg(ledger) from provider_ledger as ledger where starts_with(key, uuid::text)) as ledger
    from orders where status in ('Paid', 'Shipped', 'Delivered')
    and (select array_agg(outcome || ' ' || amount) from provider_ledger where starts_with(key, uuid::text))
      is distinct from array['charged ' || total]`,
  'an order costs what its items do': `select * from (${HELD}) as held join orders using (uuid) where worth <> total`,
  'a cancelled order holds no stock': `
    select orders.*, reservations.* from orders join reservations on order_uuid = uuid
    where status = 'Cancelled' and state in ('open', 'reserved')`,
  'stock is reserved for orders alone': `
    select reservations.* from reservations left join orders on order_uuid = uuid where state = 'reserved' and uuid is null`,
  'a cancelled order has no payment, a FAILED or a REFUNDED one': `
    select orders.*, payments.status as payment from orders join payments on order_uuid = uuid
    where orders.status = 'Cancelled' and payments.status not in ('TOMBSTONE', 'FAILED', 'REFUNDED')`,
  'a cancelled order has cost nothing': `
    select orders.*, outcome from orders join provider_ledger as charge on key = uuid::text
    where status = 'Cancelled' and outcome = 'charged'
    and not exists (select from provider_ledger as refund where refund.key = charge.key || ':refund' and refund.amount = charge.amount)`,
  'what a cart gave is in the order that took it': `
    select held.*, state, answer from (${HELD}) as held left join checkouts on order_uuid = uuid
    where (state, ${itemsOf('answer')}) is distinct from ('closed', held)`,
  'what left a cart is in an order': `
    select checkouts.* from checkouts left join orders on order_uuid = uuid
    where uuid is null and state in ('new', 'taken', 'closed') or uuid is not null and state = 'abandoned'`,
  'a paid order was confirmed by exactly one mail': `
    select orders.*, mails from orders left join (${MAILS}) as mails on order_uuid = uuid and kind = 'confirmation'
    where orders.status in ('Paid', 'Shipped', 'Delivered') and mails is distinct from array['SENT']`,
  'a cancelled order was reported by exactly one mail': `
    select orders.*, mails from orders left join (${MAILS}) as mails on order_uuid = uuid and kind = 'cancellation'
    where orders.status = 'Cancelled' and mails is distinct from array['SENT']`,
  'a refund was reported by exactly one mail': `
    select payments.*, mails from payments left join (${MAILS}) as mails
    on mails.order_uuid = payments.order_uuid and kind = 'refund'
    where payments.status = 'REFUNDED' and mails is distinct from array['SENT']`,
  'mail says what happened': `
    select emails.*, orders.status as of from emails left join orders on uuid = order_uuid where orders.status is null
    or (kind = 'confirmation') <> (orders.status in ('Paid', 'Shipped', 'Delivered'))`,
  'no mail is unsent': `select * from emails where status <> 'SENT'`,
  'no order stays Pending': `select * from orders where status = 'Pending'`,
  'no intent stays open': `select * from intents where state = 'open'`,
  'no outbox row is unpublished': `select * from outbox`,
  'versions of an order have no gap': `
    select orders.*, versions from orders left join
      (select order_id, array_agg(version order by version) as versions from order_history group by order_id) as history
    on order_id = orders.id
    where versions is distinct from (select array_agg(n) from generate_series(1, orders.version) as n)`,
};

/** A rule, how many rows break it, and the first of them in full. */
export interface Finding {
  readonly invariant: string;
  readonly count: number;
  readonly first?: Record<string, unknown>;
}

/** What else is known, and what must hold of it. */
export interface Evidence {
  readonly tables: readonly CopiedTable[];
  /** Tables of what the databases do not say: their columns and rows. */
  readonly facts: Readonly<Record<string, { readonly columns: string; readonly rows: readonly object[] }>>;
  readonly rules: Readonly<Record<string, string>>;
}

/** A table of a service's database as the rules know it, under another name where there is one already. */
export type CopiedTable = readonly [service: string, table: string, columns: string, only?: string, as?: string];

/**
 * Every rule, over all databases and queues; they hold for certain only when the queues are quiet. `initial`: what was in
 * stock at the start, by product id, of those products that no administrator has set since.
 */
export async function inspect(
  shop: MessageStore,
  initial: ReadonlyMap<number, number>,
  { tables, facts, rules: more }: Evidence = { tables: [], facts: {}, rules: {} },
): Promise<Finding[]> {
  const found = await connected(shop.database('orders'), async (client) => {
    await client.query('set search_path = pg_temp, pg_catalog');
    for (const [service, copied] of Map.groupBy([...ruleTables, ...tables], ([name]) => name))
      await connected(shop.database(service), async (other) => {
        for (const [, ...table] of copied) await copy(client, other, ...table);
      });
    const stocks = [...initial].map(([id, stock]) => ({ id, stock }));
    const known = { initial: { columns: 'id bigint, stock bigint', rows: stocks }, ...facts };
    for (const [name, { columns, rows }] of Object.entries(known)) {
      await client.query(`create temp table ${name} (${columns})`);
      await fill(client, name, JSON.stringify(rows));
    }
    const findings: Finding[] = [];
    for (const [invariant, query] of Object.entries({ ...rules, ...more }))
      findings.push(finding(invariant, (await client.query<Record<string, unknown>>(query)).rows));
    return findings;
  });
  const letters = (await deadLetters(shop)).map((letter) => ({ ...letter }));
  return [...found, finding('no message is a dead letter', letters)];
}

/** The rules that do not hold now. */
export async function violations(shop: MessageStore, initial: ReadonlyMap<number, number>): Promise<Violation[]> {
  return (await inspect(shop, initial)).flatMap(({ first, ...rest }) => (first ? [{ ...rest, first }] : []));
}

export function finding(invariant: string, examples: readonly Record<string, unknown>[]): Finding {
  const [first] = examples;
  return { invariant, count: examples.length, ...(first && { first }) };
}

/** Copies a table of another database into a temporary one of the same name; an outbox to those of the others. */
async function copy(
  client: pg.Client,
  other: pg.Client,
  table: string,
  columns: string,
  only = 'true',
  as = table,
): Promise<void> {
  const names = columns
    .split(', ')
    .map((column) => column.split(' ')[0])
    .join(', ');
  const { rows } = await other.query<{ all: string }>(
    `select coalesce(jsonb_agg(row), '[]')::text as all from (select ${names} from ${table} where ${only}) as row`,
  );
  await client.query(`create temp table if not exists ${as} (${columns})`);
  await fill(client, as, rows[0]?.all ?? '[]');
}

async function fill(client: pg.Client, table: string, rows: string): Promise<void> {
  await client.query(`insert into ${table} select * from jsonb_populate_recordset(null::${table}, $1)`, [rows]);
}
