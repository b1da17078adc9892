// Makes a shop large, or small, by SQL: products as the shop writes them, and orders of the past with all that belongs to them.
import pg from 'pg';

/** Of each customer, in a shop of any size: more than a page. */
const ORDERS_EACH = 50;
/** Past orders belong to customers of their own ids, far above those who register here. */
export const FIRST_CUSTOMER = 1_000_000;

/** Products beyond those that are there, named so that few of them are found by one word. */
export async function fillProducts(url, count) {
  await withClient(url, async (client) => {
    await client.query(
      `insert into products (name, name_key, description, description_key, price, stock, created_at, updated_at)
       select name, lower(name), description, lower(description), 100 + n % 10000, 1000000, now(), now()
       from (select n, 'Thing ' || md5(n::text) as name, 'Told of as ' || md5((n + 1)::text) as description
             from generate_series(1, $1::int) as n) as made`,
      [count],
    );
    await client.query('vacuum (analyze)');
  });
}

/** Delivered orders, fifty of each customer, each with an item, four versions, and its timeline. */
export async function fillOrders(url, count) {
  await withClient(url, async (client) => {
    const { rows } = await client.query('select coalesce(max(id), 0)::bigint as last from orders');
    const last = rows[0].last;
    await client.query(
      `insert into orders (uuid, user_id, email, status, total, currency, version, heard, timeline_length, confirmed_at,
                           created_at, updated_at)
       select gen_random_uuid(), ${FIRST_CUSTOMER} + (n - 1) / ${ORDERS_EACH}, 'past@example.com', 'Delivered', 1000, 'VND', 4, '{}', 3,
              made_at, made_at, made_at
       from (select n, now() - interval '30 days' - n * interval '1 second' as made_at
             from generate_series(1, $1::int) as n) as made`,
      [count],
    );
    await client.query(
      `insert into order_items (order_id, product_id, name, quantity, price)
       select id, 1 + id % 100, 'A thing of the past', 1, 1000 from orders where id > $1`,
      [last],
    );
    await client.query(
      `insert into order_history (order_id, version, user_id, status, timeline_length, updated_at, recorded_at)
       select id, v.version, user_id, (array['Pending', 'Paid', 'Shipped', 'Delivered'])[v.version], least(v.version, 3),
              updated_at, updated_at
       from orders, generate_series(1, 4) as v(version) where id > $1`,
      [last],
    );
    await client.query(
      `insert into order_events (order_id, position, type, at)
       select id, p.position, (array['order.requested', 'stock.reserved', 'payment.succeeded'])[p.position], updated_at
       from orders, generate_series(1, 3) as p(position) where id > $1`,
      [last],
    );
    await client.query('vacuum (analyze)');
  });
}

async function withClient(connectionString, use) {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    await use(client);
  } finally {
    await client.end();
  }
}
