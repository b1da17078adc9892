import { randomBytes, randomUUID } from 'node:crypto';
import { createClient } from 'graphql-sse';
import { Shopper } from '@shop/system/demo/shopper';
import { admin, type Mode, RunningShop } from './running-shop.js';
import { eventually } from '../support/eventually.js';
import { OtlpReceiver, type ReceivedSpan } from '../support/otlp-receiver.js';

/** By which the client's request is found in the log of every service that worked on it. */
const REQUEST_ID = 'a-client-said-so';

/** `service name KIND` of a span, its parent's before it. */
type Step = readonly [service: string, name: RegExp, kind: string];

/**
 * Each way through the system that one order takes, from the client's mutation on: every span is a child of the one before
 * it. `...` stands for any spans in between.
 */
const waysOf = (mode: Mode): Readonly<Record<string, readonly (Step | '...')[]>> => {
  const mutation: readonly Step[] = [
    ['gateway', /^POST \/graphql$/, 'SERVER'],
    ['gateway', /^mutation Place$/, 'INTERNAL'],
    ['gateway', /^fetch orders$/, 'CLIENT'],
    ['orders', /^POST \/graphql$/, 'SERVER'],
    ['orders', /^mutation Place/, 'INTERNAL'],
  ];
  const requested: readonly Step[] = [...mutation, ['orders', /^publish order.requested$/, 'PRODUCER']];
  const answered = (service: string, event: string): readonly Step[] => [
    ...requested,
    [service, /^process order.requested$/, 'CONSUMER'],
    [service, new RegExp(`^publish ${event}$`), 'PRODUCER'],
    ['orders', new RegExp(`^process ${event}$`), 'CONSUMER'],
  ];
  const sql = (service: string, before: readonly Step[]): readonly Step[] => [
    ...before,
    [service, /^(INSERT|UPDATE|SELECT|WITH) \w+$/, 'CLIENT'],
  ];
  const checkout: readonly Step[] = [
    ...mutation,
    ['orders', /^POST \/cart\/checkout$/, 'CLIENT'],
    ['cart', /^POST \/cart\/checkout$/, 'SERVER'],
  ];
  const pushed: readonly (Step | '...')[] = [
    ...mutation,
    '...',
    ['orders', /^publish order.version$/, 'PRODUCER'],
    ['orders', /^event orderStatusChanged$/, 'CONSUMER'],
    ['gateway', /^event orderStatusChanged$/, 'CONSUMER'],
  ];
  const confirmed: readonly (Step | '...')[] = [
    ...mutation,
    '...',
    ['orders', /^publish order.confirmed$/, 'PRODUCER'],
    ['mailer', /^process order.confirmed$/, 'CONSUMER'],
  ];
  return {
    'the intent is committed': sql('orders', mutation),
    'the cart is taken': sql('cart', checkout),
    'the checkout ends': sql('cart', [...requested, ['cart', /^process order.requested$/, 'CONSUMER']]),
    'stock is reserved': sql('products', [...requested, ['products', /^process order.requested$/, 'CONSUMER']]),
    'the payment is taken': sql('payments', [...requested, ['payments', /^process order.requested$/, 'CONSUMER']]),
    'orders hears of the stock': sql('orders', answered('products', 'stock.reserved')),
    'orders hears of the payment': sql('orders', answered('payments', 'order.paid')),
    'the mail is sent': [...confirmed, ['mailer', /^send mail$/, 'CLIENT']],
    'the mail is remembered': [...confirmed, ['mailer', /^(INSERT|UPDATE|SELECT|WITH) \w+$/, 'CLIENT']],
    'the client is told': pushed,
    'what the client is told is asked of others': [
      ...pushed,
      ['gateway', /^fetch payments$/, 'CLIENT'],
      ['payments', /^POST \/graphql$/, 'SERVER'],
      ['payments', /^query/, 'INTERNAL'],
      ['payments', /^SELECT \w+$/, 'CLIENT'],
    ],
    ...(mode === 'processes' && {
      'watchers are woken over Redis': [
        ...mutation,
        '...',
        ['orders', /^publish order.version$/, 'PRODUCER'],
        ['orders', /^PUBLISH$/, 'CLIENT'],
      ],
    }),
  };
};

/** One order, and the whole of its trace, the same in both modes. */
export function theTracedPurchase(mode: Mode): void {
  let receiver: OtlpReceiver;
  let shop: RunningShop;
  const people: Shopper[] = [];
  const traceId = randomBytes(16).toString('hex');
  const clientSpan = randomBytes(8).toString('hex');
  let orderUuid: string;
  let watching: ReturnType<typeof watch> | undefined;

  beforeAll(async () => {
    receiver = await OtlpReceiver.start();
    shop = await RunningShop.start(mode, {
      ...{ LOGIN_RATE_LIMIT: '0', LOG_LEVEL: 'info', LOG_STDOUT_LEVEL: 'info' },
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    });
    const shopkeeper = await Shopper.login(shop.gateway, admin.email, admin.password);
    const person = await Shopper.register(shop.gateway, `s${randomUUID().replaceAll('-', '').slice(0, 20)}`);
    people.push(shopkeeper, person);
    const product = await shopkeeper.createProduct({ name: 'Lamp', price: 1_000, stock: 9 });
    watching = watch(shop.gateway, person);
    // An order before, so that the stream is surely open.
    await person.addToCart(product.id);
    await person.placeOrder();
    await watching.untilPaid(1);
    await person.addToCart(product.id);
    orderUuid = await placeTraced(shop.gateway, person.token, `00-${traceId}-${clientSpan}-01`);
    await watching.untilPaid(2);
  });

  afterAll(async () => {
    await watching?.stop();
    await Promise.all(people.map((person) => person.close()));
    await shop?.stop();
    await receiver?.stop();
  });

  it.each(Object.entries(waysOf(mode)))('%s', async (_what, way) => {
    await eventually(() => expect(missing(receiver.trace(traceId), way, clientSpan)).toBeNull(), { timeoutMs: 20_000 });
  });

  it('is one tree: each span but the first is the child of another, and nothing failed', async () => {
    const orphans = () => {
      const spans = receiver.trace(traceId);
      const ids = new Set([clientSpan, ...spans.map(({ spanId }) => spanId)]);
      return spans.filter(({ parentSpanId }) => !ids.has(parentSpanId ?? ''));
    };
    await eventually(() => expect(orphans()).toEqual([]), { timeoutMs: 20_000 });
    expect(receiver.trace(traceId).filter(({ failed }) => failed)).toEqual([]);
    expect(receiver.refused).toEqual([]);
  });

  it('says which order a message is about, and no value of a statement', () => {
    const spans = receiver.trace(traceId);
    const messages = spans.filter(({ name }) => /^process (order|stock)\./.test(name));
    expect(new Set(messages.map((span) => span.attributes['messaging.message.conversation_id']))).toEqual(
      new Set([orderUuid]),
    );
    const texts = spans.map((span) => span.attributes['db.query.text'] ?? '').join('\n');
    expect(texts).not.toContain(orderUuid);
    expect(texts).not.toContain('Lamp');
  });

  it('says nothing of polls and health checks', () => {
    const roots = receiver.spans.filter(({ parentSpanId }) => parentSpanId === undefined);
    expect(roots.filter(({ kind }) => kind === 'CLIENT')).toEqual([]);
    expect(receiver.spans.filter(({ name }) => /healthz|readyz|metrics/.test(name))).toEqual([]);
  });

  it('is in the log, step by step, under the same trace', async () => {
    const steps = () =>
      shop.said
        .split('\n')
        .flatMap((line) => parsed(line))
        .filter((entry) => entry['order_uuid'] === orderUuid && entry['level'] === 'info')
        .map(({ service, message, trace_id, request_id }) => ({
          ...{ step: `${String(service)}: ${String(message)}`, trace_id, request_id },
        }));
    const expected = [
      'cart: checkout closed',
      'cart: checkout taken',
      'mailer: mail sent',
      'orders: order paid',
      'orders: order placed',
      'payments: payment taken',
      'products: stock reserved',
    ];
    await eventually(() => expect([...new Set(steps().map(({ step }) => step))].sort()).toEqual(expected), {
      timeoutMs: 10_000,
    });
    expect(new Set(steps().map(({ trace_id }) => trace_id))).toEqual(new Set([traceId]));
    const taken = steps().filter(({ step }) => step === 'cart: checkout taken');
    expect(new Set(taken.map(({ request_id }) => request_id))).toEqual(new Set([REQUEST_ID]));
  });
}

/** Watches a person's orders all the time, and tells when so many were seen paid, with a field of another service. */
function watch(gateway: string, { token }: Shopper) {
  const client = createClient({ url: `${gateway}/graphql/stream`, headers: { authorization: `Bearer ${token}` } });
  const query = 'subscription Watch { orderStatusChanged { status payment { status } } }';
  let paid = 0;
  const reading = (async () => {
    for await (const { data } of client.iterate<{ orderStatusChanged: { status: string } }>({ query }))
      if (data?.orderStatusChanged.status === 'PAID') paid += 1;
  })().catch(() => undefined);
  return {
    untilPaid: (count: number) => eventually(() => expect(paid).toBe(count), { timeoutMs: 30_000 }),
    async stop() {
      client.dispose();
      await reading;
    },
  };
}

async function placeTraced(gateway: string, token: string, traceparent: string): Promise<string> {
  const response = await fetch(`${gateway}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${token}`,
      traceparent,
      'x-request-id': REQUEST_ID,
    },
    body: JSON.stringify({ query: 'mutation Place { placeOrder { uuid } }', operationName: 'Place' }),
  });
  const { data } = (await response.json()) as { data: { placeOrder: { uuid: string } } };
  return data.placeOrder.uuid;
}

/** Null when the trace has the way, else what of it is there, and what should follow. */
function missing(spans: readonly ReceivedSpan[], way: readonly (Step | '...')[], root: string): string | null {
  let reached: readonly string[] = [root];
  const found: string[] = [];
  for (const step of way) {
    if (step === '...') {
      reached = descendants(spans, reached);
      continue;
    }
    const [service, name, kind] = step;
    const next = spans.filter(
      (span) =>
        span.service === service &&
        name.test(span.name) &&
        span.kind === kind &&
        reached.includes(span.parentSpanId ?? ''),
    );
    if (next.length === 0) return [...found, `then no: ${service} ${name.source} ${kind}`, table(spans)].join('\n');
    found.push(`${service} ${next[0]?.name ?? ''} ${kind}`);
    reached = next.map(({ spanId }) => spanId);
  }
  return null;
}

function descendants(spans: readonly ReceivedSpan[], of: readonly string[]): readonly string[] {
  const all = new Set(of);
  for (let before = -1; before !== all.size;) {
    before = all.size;
    for (const { spanId, parentSpanId } of spans) if (all.has(parentSpanId ?? '')) all.add(spanId);
  }
  return [...all];
}

/** The trace, for whoever has to find out what is missing. */
function table(spans: readonly ReceivedSpan[]): string {
  const nameOf = new Map(spans.map((span) => [span.spanId, `${span.service} ${span.name}`]));
  return spans
    .map((span) => `${span.service} ${span.name} ${span.kind} < ${nameOf.get(span.parentSpanId ?? '') ?? ''}`)
    .join('\n');
}

function parsed(line: string): Record<string, unknown>[] {
  try {
    return [JSON.parse(line) as Record<string, unknown>];
  } catch {
    return [];
  }
}
