// How long from sending placeOrder until a subscribed client has PAID, with the system idle otherwise.
//   GATEWAY_URL=http://127.0.0.1:4000 ADMIN_EMAIL=... ADMIN_PASSWORD=... node bench/placed-to-paid.mjs [orders]
import { Shopper } from '../system/dist/demo/shopper.js';

const gateway = process.env.GATEWAY_URL ?? 'http://127.0.0.1:4000';
const orders = Number(process.argv[2] ?? 50);
const WARM_UP = 10;

const admin = await Shopper.login(gateway, process.env.ADMIN_EMAIL ?? '', process.env.ADMIN_PASSWORD ?? '');
const run = Date.now().toString(36);
const shopper = await Shopper.register(gateway, `bench${run}`);
const product = await admin.createProduct({ name: `Benchmark ${run}`, price: 1_000, stock: 1_000_000 });

const statuses = shopper.statuses();
const samples = [];
try {
  // The stream is open once its first event arrives; the first order of the warm-up sees to that.
  let next = statuses.next();
  await new Promise((resolve) => setTimeout(resolve, 500));
  for (let n = 0; n < WARM_UP + orders; n += 1) {
    await shopper.addToCart(product.id);
    const since = performance.now();
    const { uuid } = await shopper.placeOrder();
    for (;;) {
      const { value: event } = await next;
      next = statuses.next();
      if (event.uuid === uuid && event.status === 'PAID') {
        if (n >= WARM_UP) samples.push(event.seenAt - since);
        break;
      }
    }
  }
} finally {
  await admin.deleteProduct(product.id);
  await Promise.all([admin.close(), shopper.close()]);
}

samples.sort((a, b) => a - b);
const quantile = (q) => samples[Math.min(samples.length - 1, Math.floor(q * samples.length))].toFixed(1);
console.log(
  `placed to PAID, ms: median ${quantile(0.5)}, p90 ${quantile(0.9)}, p99 ${quantile(0.99)}, of ${samples.length}`,
);
