import { randomUUID } from 'node:crypto';
import { Shopper } from '@shop/system/demo/shopper';
import { admin, type RunningShop } from '../e2e/running-shop.js';
import { eventually } from '../support/eventually.js';
import { deadLetters } from '../support/dead-letters.js';

/**
 * Orders of every end, a mail that is late and one that is refused, and a subgraph that is away for a while: so that all
 * there is to be seen of a shop has been there once.
 */
export async function aBusyDay(shop: RunningShop): Promise<void> {
  const shopkeeper = await Shopper.login(shop.gateway, admin.email, admin.password);
  const [plenty, last, unlucky] = await Promise.all(
    [
      { price: 1_000, stock: 100 },
      { price: 1_500, stock: 1 },
      { price: 6_666, stock: 5 },
    ].map((product) => shopkeeper.createProduct({ name: `Product ${randomUUID()}`, ...product })),
  );
  const shopper = (name = 's') =>
    Shopper.register(shop.gateway, `${name}${randomUUID().replaceAll('-', '').slice(0, 20)}`);
  const bought = async (person: Shopper, product: { id: string } | undefined) => {
    await person.addToCart(product?.id ?? '');
    return person.placeOrder();
  };
  const ended = async (person: Shopper, uuid: string) => {
    for await (const { status } of person.statuses(uuid)) if (status !== 'PENDING') return status;
    throw new Error('the stream ended before the order did');
  };
  const [first, second, third, refused] = await Promise.all([shopper(), shopper(), shopper(), shopper('refused')]);

  const paid = await bought(first, plenty);
  await second.run('mutation Cancel($id: ID!) { cancelOrder(id: $id) { status } }', {
    id: (await bought(second, plenty)).id,
  });
  const outcomes = [
    await ended(first, paid.uuid),
    await ended(third, (await bought(third, unlucky)).uuid),
    await ended(refused, (await bought(refused, plenty)).uuid),
  ];
  await Promise.all([first.addToCart(last?.id ?? ''), second.addToCart(last?.id ?? '')]);
  const [one, other] = await Promise.all([first.placeOrder(), second.placeOrder()]);
  outcomes.push(...(await Promise.all([ended(first, one.uuid), ended(second, other.uuid)])).toSorted());
  expect(outcomes).toEqual(['PAID', 'CANCELLED', 'PAID', 'CANCELLED', 'PAID']);
  for (let look = 0; look < 3; look += 1) await shopkeeper.stockOf(plenty?.id ?? '');
  await eventually(async () => expect(await deadLetters(shop)).toHaveLength(1), { timeoutMs: 30_000, everyMs: 100 });

  const headers = { authorization: `Bearer ${first.token}` };
  shop.freeze('payments');
  const [rest] = await Promise.all([
    fetch(`${shop.gateway}/payments/${paid.uuid}`, { headers }),
    first
      .run('query Payment($id: ID!) { order(id: $id) { payment { status } } }', { id: paid.uuid })
      .catch(() => undefined),
  ]);
  shop.thaw('payments');
  expect(rest.status).toBe(504);
  await Promise.all([shopkeeper, first, second, third, refused].map((person) => person.close()));
}
