import { randomUUID } from 'node:crypto';
import { createClient as createSseClient } from 'graphql-sse';
import { serviceNames, servicePorts } from '@shop/shared/backing/roster';
import { Shopper, type StatusEvent } from '@shop/system/demo/shopper';
import { admin, type RunningShop } from './running-shop.js';
import { readMultipart } from './multipart-client.js';
import { eventually } from '../support/eventually.js';
import { gatewayProof } from '../support/gateway-proof.js';
import { graphqlRequest } from '../support/graphql-client.js';
import { openedWebsocket } from '../support/opened-websocket.js';

const EVENT = `orderStatusChanged(orderId: $id) {
  uuid status version
  user { username }
  items { name quantity product { name stock } }
  payment { status amount }
}`;

interface RichEvent {
  uuid: string;
  status: string;
  version: number;
  user: { username: string };
  items: { name: string; quantity: number; product: { name: string; stock: number } }[];
  payment: { status: string; amount: number } | null;
}

const refusal = { message: 'only the gateway may ask here', extensions: { code: 'FORBIDDEN' } };

type Shop = Pick<RunningShop, 'gateway' | 'service' | 'stop'>;

/** The whole path through one gateway, the same however the shop runs. */
export function thePurchase(start: (settings: Readonly<Record<string, string>>) => Promise<Shop>): void {
  let shop: Shop;
  let shopkeeper: Shopper;
  const people: Shopper[] = [];

  beforeAll(async () => {
    shop = await start({ LOGIN_RATE_LIMIT: '0' });
    shopkeeper = await Shopper.login(shop.gateway, admin.email, admin.password);
  });
  afterAll(async () => {
    await Promise.all([shopkeeper, ...people].filter(Boolean).map((person) => person.close()));
    await shop?.stop();
  });

  const somebody = async () => {
    const person = await Shopper.register(shop.gateway, `s${randomUUID().replaceAll('-', '').slice(0, 20)}`);
    people.push(person);
    return person;
  };
  const aProduct = (price: number, stock: number) =>
    shopkeeper.createProduct({ name: `Product ${randomUUID()}`, price, stock });
  const ordered = async (person: Shopper, productId: string, quantity = 1) => {
    await person.addToCart(productId, quantity);
    return person.placeOrder();
  };
  const end = async (person: Shopper, uuid: string): Promise<StatusEvent> => {
    for await (const event of person.statuses(uuid)) if (event.status !== 'PENDING') return event;
    throw new Error('the stream ended before the order did');
  };

  it('pays an order, and shows it live by websocket', async () => {
    const person = await somebody();
    const product = await aProduct(1_000, 5);
    const { uuid } = await ordered(person, product.id, 2);
    const seen: string[] = [];
    for await (const event of person.statuses(uuid)) {
      seen.push(`${event.version} ${event.status}`);
      if (event.status === 'PAID') break;
    }
    expect(seen.at(-1)).toBe('2 PAID');
    expect(await shopkeeper.stockOf(product.id)).toBe(3);
  });

  it('shows fields of every subgraph on every event, by SSE', async () => {
    const person = await somebody();
    const product = await aProduct(1_500, 5);
    const { uuid } = await ordered(person, product.id, 2);
    const client = createSseClient({
      url: `${shop.gateway}/graphql/stream`,
      headers: { authorization: `Bearer ${person.token}` },
    });
    const events: RichEvent[] = [];
    const query = `subscription Watch($id: ID) { ${EVENT} }`;
    for await (const { data, errors } of client.iterate<{ orderStatusChanged: RichEvent }>({
      query,
      variables: { id: uuid },
    })) {
      expect(errors).toBeUndefined();
      if (data) events.push(data.orderStatusChanged);
      if (data?.orderStatusChanged.status === 'PAID') break;
    }
    client.dispose();
    expect(events.at(-1)).toMatchObject({
      uuid,
      status: 'PAID',
      version: 2,
      user: { username: expect.any(String) },
      items: [{ quantity: 2, product: { name: expect.stringMatching(/^Product /) } }],
      payment: { status: 'SUCCEEDED', amount: 3_000 },
    });
  });

  it("shows the same by Apollo's multipart protocol", async () => {
    const person = await somebody();
    const product = await aProduct(1_500, 5);
    const { uuid } = await ordered(person, product.id);
    const statuses: string[] = [];
    const query = `subscription Watch($id: ID) { ${EVENT} }`;
    for await (const payload of readMultipart<{ orderStatusChanged: RichEvent }>(
      `${shop.gateway}/graphql`,
      query,
      { id: uuid },
      person.token,
    )) {
      expect(payload.errors).toBeUndefined();
      if (payload.data) statuses.push(payload.data.orderStatusChanged.status);
      if (statuses.at(-1) === 'PAID') break;
    }
    expect(statuses.at(-1)).toBe('PAID');
  });

  it.each(serviceNames)('is the only way to what %s answers in GraphQL', async (service) => {
    const { token } = await somebody();
    const url = `${shop.service(servicePorts[service])}/graphql`;
    expect(await graphqlRequest(url, '{ __typename }', {}, token)).toEqual({ status: 403, errors: [refusal] });
    const proofs = [{}, gatewayProof('a secret that is not the one', service)];
    for (const proof of proofs) expect(await openedWebsocket(url, proof)).toBe(403);
  });

  it('cancels an order that comes too late for the last item', async () => {
    const [first, second] = [await somebody(), await somebody()];
    const product = await aProduct(1_000, 1);
    await Promise.all([first.addToCart(product.id), second.addToCart(product.id)]);
    const ends = await Promise.all(
      [first, second].map(async (person) => end(person, (await person.placeOrder()).uuid)),
    );
    expect(ends.map(({ status, cancellationReason }) => `${status} ${cancellationReason}`).toSorted()).toEqual([
      'CANCELLED OUT_OF_STOCK',
      'PAID null',
    ]);
    await eventually(async () => expect(await shopkeeper.stockOf(product.id)).toBe(0));
  });

  it('cancels an order whose payment is declined, and puts the stock back', async () => {
    const person = await somebody();
    const product = await aProduct(6_666, 5);
    const { uuid } = await ordered(person, product.id);
    expect(await end(person, uuid)).toMatchObject({ status: 'CANCELLED', cancellationReason: 'PAYMENT_DECLINED' });
    await eventually(async () => expect(await shopkeeper.stockOf(product.id)).toBe(5));
  });

  it('places one order for one idempotency key, however often it is sent', async () => {
    const person = await somebody();
    const product = await aProduct(1_000, 9);
    await person.addToCart(product.id);
    const orders = await Promise.all(Array.from({ length: 8 }, () => person.placeOrder('the-key')));
    expect(new Set(orders.map((order) => order.uuid)).size).toBe(1);
  });

  it('answers an order of another person with nothing', async () => {
    const [owner, other] = [await somebody(), await somebody()];
    const { uuid } = await ordered(owner, (await aProduct(1_000, 5)).id);
    expect(await other.run('query Find($id: ID!) { order(id: $id) { id } }', { id: uuid })).toEqual({ order: null });
    await expect(
      other.run('mutation Cancel($id: ID!) { cancelOrder(id: $id) { id } }', { id: uuid }),
    ).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
    const stolen = other.statuses(uuid);
    await expect(stolen.next()).rejects.toBeDefined();
  });

  it('refuses an order of an empty cart', async () => {
    await expect((await somebody()).placeOrder()).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
      message: expect.stringContaining('cart empty'),
    });
  });

  it.each([0, -1, 1_000_000_000])('refuses a quantity of %d', async (quantity) => {
    const person = await somebody();
    const product = await aProduct(1_000, 5);
    await expect(person.addToCart(product.id, quantity)).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
  });

  it('moves a paid order on to DELIVERED, and then completes its streams', async () => {
    const person = await somebody();
    const { id, uuid } = await ordered(person, (await aProduct(1_000, 5)).id);
    await end(person, uuid);
    const move =
      'mutation Move($id: ID!, $status: OrderStatus!) { updateOrderStatus(id: $id, status: $status) { status version } }';
    for (const status of ['SHIPPED', 'DELIVERED']) await shopkeeper.run(move, { id, status });
    await expect(shopkeeper.run(move, { id, status: 'SHIPPED' })).rejects.toMatchObject({ code: 'CONFLICT' });
    const seen: string[] = [];
    for await (const event of person.statuses(uuid)) seen.push(event.status);
    expect(seen).toEqual(['DELIVERED']);
  });
}
