import { anOrder } from './an-order.js';
import { MailerService } from './mailer-service.js';
import { eventually } from '../../../tests/support/eventually.js';
import { graphqlRequest } from '../../../tests/support/graphql-client.js';
import { PostgresMeter } from '../../../tests/support/postgres-meter.js';

let service: MailerService;
const order = anOrder({ user_id: 7, items: [{ product_id: 1, name: '<b>Tea</b>', quantity: 1, price: 5 }] });
const others = Array.from({ length: 5 }, () => anOrder({ user_id: 8 }));
beforeAll(async () => {
  service = await MailerService.start();
  await service.confirm(order);
  await eventually(async () => expect(await service.rows(order)).toMatchObject([{ status: 'SENT' }]));
  await service.refund(order);
  await eventually(async () => expect(await service.rows(order)).toMatchObject([{}, { status: 'SENT' }]));
  await Promise.all(others.map((other) => service.confirm(other)));
  for (const other of others)
    await eventually(async () => expect(await service.rows(other)).toMatchObject([{ status: 'SENT' }]));
});
afterAll(() => service.stop());

const owner = () => service.auth.token({ userId: 7 });
const stranger = () => service.auth.token({ userId: 9 });
const admin = () => service.auth.token({ userId: 1, role: 'ADMIN' });
const ask = (query: string, variables: Record<string, unknown>, token?: string, url = service.url) =>
  graphqlRequest<Record<string, never>>(`${url}/graphql`, query, variables, token);
const code = ({ errors }: Awaited<ReturnType<typeof ask>>) => errors?.map(({ extensions }) => extensions?.['code']);

const entities = `query ($of: [_Any!]!) { _entities(representations: $of) {
  ... on Order { uuid emails { id to subject sentAt } } ... on Email { id subject } } }`;
const orderOf = (...orders: { order_uuid: string }[]) => ({
  of: orders.map(({ order_uuid: uuid }) => ({ __typename: 'Order', uuid })),
});

describe('Order.emails', () => {
  const name = order.order_uuid.slice(0, 8).toUpperCase();
  const shown = [`Order ${name} is confirmed`, `₫145,000 was refunded for order ${name}`].map((subject) => ({
    id: expect.any(String),
    to: order.email,
    subject,
    sentAt: expect.any(String),
  }));

  it('are shown to the order’s owner and to an administrator, oldest first, however its uuid is written', async () => {
    for (const token of [owner(), admin()]) {
      const { data, errors } = await ask(
        entities,
        orderOf(order, { order_uuid: order.order_uuid.toUpperCase() }),
        token,
      );
      expect([data, errors]).toMatchObject([{ _entities: [{ emails: shown }, { emails: shown }] }, undefined]);
    }
  });

  it('are none to anybody else, and of an order about which nothing was written', async () => {
    const none = { _entities: [{ emails: [] }] };
    expect((await ask(entities, orderOf(order), stranger())).data).toMatchObject(none);
    expect((await ask(entities, orderOf(anOrder()), owner())).data).toMatchObject(none);
  });

  it('are for those who prove who they are', async () => {
    expect(new Set(code(await ask(entities, orderOf(order))))).toEqual(new Set(['UNAUTHENTICATED']));
    expect((await ask(entities, orderOf(order), 'forged')).status).toBe(401);
    const expired = service.auth.token({ userId: 7, expiresInSeconds: -1 });
    expect((await ask(entities, orderOf(order), expired)).status).toBe(401);
  });

  it('ignore keys that can be none', async () => {
    const odd = [5, null, ['x'], 'x', ''].map((uuid) => ({ __typename: 'Order', uuid }));
    const { data, errors } = await ask(entities, { of: odd }, owner());
    expect([data, errors]).toEqual([{ _entities: odd.map(() => null) }, undefined]);
  });
});

describe('an Email by its id', () => {
  const find = async (id: unknown, token?: string) => ask(entities, { of: [{ __typename: 'Email', id }] }, token);

  it('is its owner’s, an administrator’s, and nobody else’s', async () => {
    const { data } = await ask('{ emails(first: 100) { edges { node { id to } } } }', {}, admin());
    const { edges } = (data as unknown as { emails: { edges: { node: { id: string; to: string } }[] } }).emails;
    const id = edges.find(({ node }) => node.to === order.email)?.node.id;
    for (const token of [owner(), admin()]) expect((await find(id, token)).data).toMatchObject({ _entities: [{ id }] });
    expect((await find(id, stranger())).data).toEqual({ _entities: [null] });
    expect((await find(id)).data).toEqual({ _entities: [null] });
    for (const odd of ['x', '', 0, -1, null, '99999999999999999999', String(2 ** 40)])
      expect((await find(odd, admin())).data).toEqual({ _entities: [null] });
  });
});

describe('emails', () => {
  const page =
    'query ($first: Int, $after: String) { emails(first: $first, after: $after) { edges { cursor node { id to subject sentAt } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }';
  interface Page {
    edges: { cursor: string; node: { id: string } }[];
    pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; endCursor: string };
  }

  it('are for administrators', async () => {
    const refused = await ask(page, {}, owner());
    expect([refused.data, code(refused)]).toEqual([{ emails: null }, ['FORBIDDEN']]);
    expect(code(await ask(page, {}))).toEqual(['UNAUTHENTICATED']);
  });

  it('come newest first, page by page, each once', async () => {
    const ids: number[] = [];
    let after: string | null = null;
    for (let pages = 1; ; pages += 1) {
      const { data } = await ask(page, { first: 3, after }, admin());
      const { edges, pageInfo } = (data as unknown as { emails: Page }).emails;
      ids.push(...edges.map(({ node }) => Number(node.id)));
      expect(pageInfo.hasPreviousPage).toBe(pages > 1);
      after = pageInfo.endCursor;
      if (!pageInfo.hasNextPage) break;
    }
    expect(ids).toHaveLength(7);
    expect(ids).toEqual(ids.toSorted((a, b) => b - a));
  });

  it.each([
    [{ first: 0 }, 'first'],
    [{ first: 101 }, 'first'],
    [{ after: 'nonsense' }, 'after'],
    [{ after: Buffer.from('"x"').toString('base64url') }, 'after'],
  ])('refuse %j', async (variables, field) => {
    const { errors } = await ask(page, variables, admin());
    expect(errors?.[0]?.extensions).toEqual({ code: 'BAD_USER_INPUT', field });
  });
});

it('asks the database once for any number of orders, and of emails', async () => {
  const meter = await PostgresMeter.before(service.databaseUrl);
  const { url, stop } = await service.another({ DATABASE_URL: meter.url });
  const statements = async (variables: object) => {
    meter.take();
    await ask(entities, { ...variables }, owner(), url);
    return meter.statements;
  };
  await statements(orderOf(order));
  for (const count of [1, 50]) {
    expect(await statements(orderOf(...Array.from({ length: count }, () => anOrder())))).toBe(1);
    expect(
      await statements({ of: Array.from({ length: count }, (_, id) => ({ __typename: 'Email', id: id + 1 })) }),
    ).toBe(1);
  }
  await stop();
  await meter.stop();
});

describe('the pages', () => {
  const get = async (path: string) => {
    const answer = await service.get(path);
    return { status: answer.status, headers: answer.headers, text: await answer.text() };
  };

  it('at /mail show what was sent, newest first', async () => {
    const { redirected, url } = await service.get('/mail/');
    expect([redirected, new URL(url).pathname]).toEqual([true, '/mail']);
    const { status, headers, text } = await get('/mail');
    expect([status, headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'unsafe-inline';/);
    const subjects = [...text.matchAll(/class="subject">([^<]*)/g)].map(([, subject]) => subject);
    expect(subjects).toHaveLength(7);
    expect(subjects.slice(-2)).toEqual([expect.stringContaining('refunded'), expect.stringContaining('is confirmed')]);
    expect(text).toContain('<meta http-equiv="refresh" content="5">');
    expect(text).not.toMatch(/<script|https?:\/\//);
  });

  it('show one mail, its HTML in a frame in which nothing runs', async () => {
    const { text } = await get('/mail/1');
    expect(text).toContain('<iframe sandbox="" title="The mail as HTML" srcdoc="&lt;!doctype html&gt;');
    expect(text).toContain('&amp;lt;b&amp;gt;Tea');
    expect(text).toContain('1 × &lt;b&gt;Tea&lt;/b&gt;: ₫5');
    expect(text).toContain(`Message-ID:\n &lt;confirmation.${order.order_uuid}@shop.example&gt;`);
    expect(text).not.toContain('<b>Tea');
  });

  it.each(['/mail/99999', '/mail/x', '/mail/0', '/mail/%00'])('know of no %s', async (path) => {
    expect((await get(path)).status).toBe(404);
  });

  it('have Swagger UI beside them, of a service without REST routes', async () => {
    expect(await (await service.get('/swagger/json')).json()).toMatchObject({ openapi: '3.1.0', paths: {} });
    expect((await get('/swagger/index.html')).status).toBe(200);
    expect(JSON.parse((await get('/readyz')).text)).toEqual({ status: 'ready', parts: { database: true } });
  });
});

it('with a mail server, /mail says where the mail goes, and nothing of its credentials', async () => {
  const elsewhere = await MailerService.start({ SMTP_URL: 'smtps://shop:secret-word@mail.example:465' });
  try {
    const text = await (await elsewhere.get('/mail')).text();
    expect(text).toContain('Mail goes to <code>mail.example:465</code>');
    expect(text).not.toContain('secret');
    expect((await elsewhere.get('/mail/1')).status).toBe(404);
  } finally {
    await elsewhere.stop();
  }
});
