// An order's saga by hand, in one process: SQL and amqplib with nothing between, each step a transaction with its inbox and
// outbox, each row published with a confirm and marked. No HTTP, no rules, one topic a queue: what the machine could do.
//   DATABASE_URL=postgres://... BROKER_URL=amqp://... node saga.mjs, told { seconds, inFlight } by its parent, once a round
import { randomUUID } from 'node:crypto';
import amqp from 'amqplib';
import pg from 'pg';

const QUEUES = ['bench.stock', 'bench.pay', 'bench.done'];
const THINGS = 100;

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 16 });
await pool.query(`
  create table orders (id uuid primary key, status text, total int, body jsonb);
  create table outbox (id uuid primary key, type text, body jsonb, sent_at timestamptz);
  create table inbox (consumer text, id uuid, primary key (consumer, id));
  create table stock (id int primary key, left_over int);
  create table payments (id uuid primary key, order_id uuid, amount int);
  insert into stock select id, 100000000 from generate_series(0, ${THINGS - 1}) id`);
const connection = await amqp.connect(process.env.BROKER_URL, { noDelay: true });
const channel = await connection.createConfirmChannel();
for (const queue of QUEUES) await channel.assertQueue(queue, { durable: true });

const began = new Map();
let durations = [];
let isPaid = () => undefined;

await consume('bench.stock', async ({ id, order }) => {
  const event = { id: randomUUID(), type: 'stock.reserved', order };
  await transaction(async (client) => {
    await receive(client, 'stock', id);
    const thing = Math.floor(Math.random() * THINGS);
    await client.query({
      name: 'take',
      text: 'update stock set left_over = left_over - 1 where id = $1',
      values: [thing],
    });
    await announce(client, event);
  });
  await relay('bench.pay', event);
});
await consume('bench.pay', async ({ id, order }) => {
  const event = { id: randomUUID(), type: 'payment.settled', order };
  await transaction(async (client) => {
    await receive(client, 'payments', id);
    const values = [event.id, order];
    await client.query({ name: 'pay', text: 'insert into payments values ($1, $2, 100)', values });
    await announce(client, event);
  });
  await relay('bench.done', event);
});
await consume('bench.done', async ({ id, order }) => {
  await transaction(async (client) => {
    await receive(client, 'orders', id);
    await client.query({ name: 'paid', text: `update orders set status = 'PAID' where id = $1`, values: [order] });
  });
  durations.push(performance.now() - began.get(order));
  began.delete(order);
  isPaid();
});

process.on('message', async ({ seconds, inFlight }) => {
  durations = [];
  const since = performance.now();
  const until = since + seconds * 1_000;
  await new Promise((resolve) => {
    isPaid = () => {
      if (performance.now() < until) place();
      else if (began.size === 0) resolve();
    };
    for (let n = 0; n < inFlight; n += 1) place();
  });
  process.send({ orders: durations.length, rate: (durations.length / (performance.now() - since)) * 1_000, durations });
});
process.send({ ready: true });

async function place() {
  const order = randomUUID();
  began.set(order, performance.now());
  const event = { id: randomUUID(), type: 'order.placed', order };
  await transaction(async (client) => {
    const values = [order, { items: [{ product: 1, quantity: 2 }] }];
    await client.query({ name: 'place', text: `insert into orders values ($1, 'PENDING', 100, $2)`, values });
    await announce(client, event);
  });
  await relay('bench.stock', event);
}

async function transaction(work) {
  const client = await pool.connect();
  try {
    await client.query('begin');
    await work(client);
    await client.query('commit');
  } finally {
    client.release();
  }
}

function announce(client, event) {
  const text = 'insert into outbox (id, type, body) values ($1, $2, $3)';
  return client.query({ name: 'announce', text, values: [event.id, event.type, event] });
}

function receive(client, consumer, id) {
  const text = 'insert into inbox values ($1, $2) on conflict do nothing';
  return client.query({ name: 'receive', text, values: [consumer, id] });
}

async function relay(queue, event) {
  await new Promise((resolve, reject) => {
    const confirmed = (error) => (error ? reject(error) : resolve());
    channel.sendToQueue(queue, Buffer.from(JSON.stringify(event)), { persistent: true }, confirmed);
  });
  await pool.query({ name: 'mark', text: 'update outbox set sent_at = now() where id = $1', values: [event.id] });
}

async function consume(queue, handle) {
  const consumer = await connection.createChannel();
  await consumer.prefetch(50);
  await consumer.consume(queue, async (message) => {
    await handle(JSON.parse(message.content));
    consumer.ack(message);
  });
}
