// Customers, in a process of their own: each buys one thing after the other until time is up. The parent says at which shop and
// for how long, once for each round, and is told how many purchases were paid and how long each took.
import { createClient } from 'graphql-ws';
import { Pool } from 'undici';
import { WebSocket } from 'ws';
import { median, quantile } from '../figures.mjs';

/** Nobody declines, and there is enough of everything. */
const PAID_WITHIN_MS = 60_000;
const checkouts = { ours, vendure };
/** By shop, those who have bought there before: a customer signs in once. */
const regulars = new Map();

process.on('message', (asked) => {
  buy(asked).then(
    (found) => process.send(found),
    (error) => process.send({ failed: error.stack }),
  );
});

async function buy({ shop, origin, path, clients, seconds, products }) {
  const post = poster(origin, path);
  const known = regulars.get(origin) ?? [];
  regulars.set(origin, known);
  while (known.length < clients) known.push(await checkouts[shop](post, origin, `c${process.pid}n${known.length}`));
  const [durations, paid] = [[], []];
  const began = performance.now();
  const until = began + seconds * 1_000;
  await Promise.all(
    known.slice(0, clients).map(async (checkout) => {
      while (performance.now() < until) {
        const since = performance.now();
        const paidAfter = await checkout(products[Math.floor(Math.random() * products.length)]);
        durations.push(performance.now() - since);
        paid.push(paidAfter);
      }
    }),
  );
  const took = (performance.now() - began) / 1_000;
  return {
    rate: durations.length / took,
    orders: durations.length,
    p50: median(durations),
    p99: quantile(durations, 0.99),
    ...(shop === 'ours' && { paidP50: median(paid), paidP99: quantile(paid, 0.99) }),
  };
}

/**
 * A customer of this shop: puts a thing into the cart, orders, and waits until the stream says that it is paid. A checkout
 * resolves to how long that took from placing the order on, in ms.
 */
async function ours(post, origin, username) {
  const input = { username, email: `${username}@example.com`, password: `${username}-passphrase` };
  const { data } = await post('mutation ($input: RegisterInput!) { register(input: $input) { token } }', { input });
  const authorization = `Bearer ${data.register.token}`;
  const paid = new Set();
  const waiting = new Map();
  const socket = createClient({
    url: `${origin.replace(/^http/, 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: { authorization },
    lazy: false,
  });
  const listening = new Promise((resolve) => socket.on('connected', resolve));
  socket.subscribe(
    { query: 'subscription { orderStatusChanged { uuid status } }' },
    {
      next: ({ data: { orderStatusChanged: event } }) => {
        if (event.status !== 'PAID') return;
        if (!waiting.get(event.uuid)?.()) paid.add(event.uuid);
      },
      error: (error) => process.send({ failed: `the stream ended: ${JSON.stringify(error)}` }),
      complete: () => undefined,
    },
  );
  await listening;
  const add = 'mutation ($id: ID!) { addToCart(productId: $id, quantity: 1) { id } }';
  const place = 'mutation { placeOrder(input: { shippingAddress: "1 Tràng Tiền, Hà Nội" }) { uuid } }';
  return async (product) => {
    await post(add, { id: product }, { authorization });
    const since = performance.now();
    const { uuid } = (await post(place, {}, { authorization })).data.placeOrder;
    if (!paid.delete(uuid))
      await new Promise((resolve, reject) => {
        const overdue = setTimeout(() => reject(new Error(`order ${uuid} was not paid`)), PAID_WITHIN_MS);
        waiting.set(uuid, () => {
          clearTimeout(overdue);
          resolve();
          return true;
        });
      });
    waiting.delete(uuid);
    return performance.now() - since;
  };
}

/** A guest of Vendure's: its six requests to an order that is paid. */
async function vendure(post, _origin, username) {
  let number = 0;
  return async (variant) => {
    number += 1;
    const email = `${username}-${number}@example.test`;
    const failed = '... on ErrorResult { message }';
    const address = '{ fullName: "A B", streetLine1: "S 1", city: "Wien", postalCode: "1010", countryCode: "AT" }';
    const steps = [
      `addItemToOrder(productVariantId: "${variant}", quantity: 1) { __typename ${failed} }`,
      `setCustomerForOrder(input: { firstName: "A", lastName: "B", emailAddress: "${email}" }) { __typename ${failed} }`,
      `setOrderShippingAddress(input: ${address}) { __typename ${failed} }`,
      `setOrderShippingMethod(shippingMethodId: ["1"]) { __typename ${failed} }`,
      `transitionOrderToState(state: "ArrangingPayment") { __typename ${failed} }`,
      `addPaymentToOrder(input: { method: "dummy", metadata: {} }) { __typename ... on Order { state } ${failed} }`,
    ];
    let headers = {};
    let last;
    for (const step of steps) {
      const { data, token } = await post(`mutation { answer: ${step} }`, {}, headers);
      if (token) headers = { authorization: `Bearer ${token}` };
      last = data.answer;
      if (last.__typename !== 'Order') throw new Error(`${step}: ${JSON.stringify(last)}`);
    }
    if (last.state !== 'PaymentSettled') throw new Error(`the order is ${last.state}`);
  };
}

function poster(origin, path) {
  const pool = new Pool(origin, { connections: 64, pipelining: 1 });
  return async (query, variables, headers = {}) => {
    const {
      statusCode,
      body,
      headers: answered,
    } = await pool.request({
      ...{ method: 'POST', path, headers: { 'content-type': 'application/json', ...headers } },
      body: JSON.stringify({ query, variables }),
    });
    const answer = await body.json();
    if (statusCode !== 200 || answer.errors) throw new Error(`${statusCode} ${JSON.stringify(answer).slice(0, 500)}`);
    return { data: answer.data, token: answered['vendure-auth-token'] };
  };
}
