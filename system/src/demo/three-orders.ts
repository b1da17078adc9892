import { Shopper, type StatusEvent } from './shopper.js';

interface Stage {
  readonly gateway: string;
  readonly admin: { readonly email: string; readonly password: string };
  readonly say: (line: string) => void;
}

const FINAL = new Set(['PAID', 'CANCELLED']);
/** The simulated provider declines a total of exactly this. */
const DECLINED_TOTAL = 6666;
const PATIENCE_MS = 30_000;

/**
 * Plays three orders against a running shop and says each status as the subscription pushes it: one that is paid, one
 * that comes too late for the last item, one whose payment is declined. Throws when the shop ends one in another way.
 */
export async function playThreeOrders({ gateway, admin, say }: Stage): Promise<void> {
  const run = Date.now().toString(36);
  const people = await Promise.all([
    Shopper.login(gateway, admin.email, admin.password),
    Shopper.register(gateway, `linh${run}`),
    Shopper.register(gateway, `minh${run}`),
  ]);
  const [shopkeeper, linh, minh] = people;
  const products = await Promise.all([
    shopkeeper.createProduct({ name: `Last lantern of Hội An (${run})`, price: 250_000, stock: 1 }),
    shopkeeper.createProduct({ name: `Unlucky envelope (${run})`, price: DECLINED_TOTAL, stock: 5 }),
  ]);
  const [lantern, envelope] = products;
  try {
    say('Linh and Minh both put the last lantern into their carts.');
    await Promise.all([linh.addToCart(lantern.id), minh.addToCart(lantern.id)]);

    say('\n1. Linh orders it.');
    const paid = await order(linh, say);
    expectEnd(paid, 'PAID', null);
    say(`   Linh has mail: ${await mailAbout(linh, paid.uuid)}`);

    say('\n2. Minh orders it too, a moment later.');
    expectEnd(await order(minh, say), 'CANCELLED', 'OUT_OF_STOCK');

    say(
      `\n3. Linh orders an envelope for ${DECLINED_TOTAL}, which her bank declines. In stock: ${await shopkeeper.stockOf(envelope.id)}.`,
    );
    await linh.addToCart(envelope.id);
    expectEnd(await order(linh, say), 'CANCELLED', 'PAYMENT_DECLINED');
    say(`   In stock again: ${await restocked(shopkeeper, envelope.id, 5)}.`);
  } finally {
    await Promise.all(products.map(({ id }) => shopkeeper.deleteProduct(id)));
    await Promise.all(people.map((person) => person.close()));
  }
}

async function order(shopper: Shopper, say: (line: string) => void): Promise<StatusEvent> {
  const since = performance.now();
  const placed = await shopper.placeOrder();
  say(`   ${elapsed(since)}  placed ${placed.uuid}, total ${placed.total}`);
  for await (const event of shopper.statuses(placed.uuid)) {
    say(
      `   ${elapsed(since, event.seenAt)}  ${event.status}${event.cancellationReason ? `: ${event.cancellationReason}` : ''}`,
    );
    if (FINAL.has(event.status)) return event;
  }
  throw new Error(`the stream of order ${placed.uuid} ended before the order did`);
}

function expectEnd(event: StatusEvent, status: string, reason: string | null): void {
  if (event.status === status && event.cancellationReason === reason) return;
  throw new Error(`order ${event.uuid} ended ${event.status} (${event.cancellationReason}), not ${status} (${reason})`);
}

/** The mail goes out a moment after the order is confirmed: the mailer hears of it by an event. Answers its subject. */
async function mailAbout(shopper: Shopper, uuid: string): Promise<string> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const emails = await shopper.emailsAbout(uuid);
    const sent = emails.find(({ sentAt }) => sentAt !== null);
    if (sent) return sent.subject;
    if (performance.now() > deadline) throw new Error(`no mail was sent about order ${uuid}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** The stock comes back a moment after the order is cancelled: products hears of it by an event. */
async function restocked(shopkeeper: Shopper, productId: string, expected: number): Promise<number> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const stock = await shopkeeper.stockOf(productId);
    if (stock === expected) return stock;
    if (performance.now() > deadline) throw new Error(`the stock is ${stock}, not ${expected} as before`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

function elapsed(since: number, now = performance.now()): string {
  return `+${(now - since).toFixed(0).padStart(4)} ms`;
}
