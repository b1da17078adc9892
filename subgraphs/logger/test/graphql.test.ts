import { randomUUID } from 'node:crypto';
import { EntryStore } from '../src/persistence/entry.store.js';
import { jest } from '@jest/globals';
import { LoggerService } from './logger-service.js';
import { graphqlRequest } from '../../../tests/support/graphql-client.js';

let service: LoggerService;
beforeAll(async () => {
  service = await LoggerService.start();
  await service.sql.query(`
    insert into log_entries (entry_id, logged_at, level, service, message, trace_id, fields, words)
    select gen_random_uuid(), timestamptz '2026-01-01' + n * interval '1 second',
      (array['debug','info','info','info','info','info','info','info','warn','error'])[1 + n % 10],
      (array['orders','cart','auth','products','payments'])[1 + n % 5], 'order ' || n || ' placed', md5((n / 4)::text),
      jsonb_build_object('order_uuid', md5('o' || n), 'user', 'u' || n % 1000),
      array_to_tsvector(array['order', n::text, 'placed', md5('o' || n), 'u' || n % 1000])
    from generate_series(1, 50000) n`);
  await service.sql.query('vacuum analyze log_entries');
});
afterAll(() => service?.stop());

const messages = async (filter: Record<string, unknown>, first = 3) =>
  (await service.entries(filter, first)).map(({ message }) => message);

describe('logs(filter)', () => {
  it('is for administrators alone, as is the type, whichever way it is reached', async () => {
    const customer = service.auth.token({ userId: 7 });
    const reference = { __typename: 'LogEntry', id: '1' };
    const entities = (token?: string) =>
      graphqlRequest(
        `${service.url}/graphql`,
        'query ($of: [_Any!]!) { _entities(representations: $of) { ... on LogEntry { message } } }',
        { of: [reference] },
        token,
      );
    for (const [token, code] of [
      [undefined, 'UNAUTHENTICATED'],
      [customer, 'FORBIDDEN'],
    ] as const) {
      expect((await service.logsAnswer({}, token)).errors?.[0]?.extensions).toEqual({ code });
      expect(JSON.stringify((await entities(token)).data ?? null)).not.toContain('placed');
    }
    expect((await service.logsAnswer({}, 'forged')).errors?.[0]?.extensions).toEqual({ code: 'UNAUTHENTICATED' });
    expect((await entities(service.admin)).data).toEqual({ _entities: [{ message: 'order 1 placed' }] });
  });

  it('shows the newest first, 50 unless told, page by page without a gap', async () => {
    const first = await service.logs();
    expect(first.edges).toHaveLength(50);
    expect(first.edges[0]?.node).toEqual({
      id: expect.any(String),
      timestamp: '2026-01-01T13:53:20.000Z',
      level: 'DEBUG',
      service: 'orders',
      message: 'order 50000 placed',
      traceId: expect.stringMatching(/^[0-9a-f]{32}$/),
      fields: { order_uuid: expect.any(String), user: 'u0' },
    });
    const seen: string[] = [];
    let after: string | null = null;
    for (let page = 0; page < 5; page += 1) {
      const { edges, pageInfo } = await service.logs({ first: 20, after });
      seen.push(...edges.map(({ node }) => node.message));
      after = pageInfo.endCursor;
      expect(pageInfo.hasNextPage).toBe(true);
    }
    expect(seen).toEqual(Array.from({ length: 100 }, (_, n) => `order ${50_000 - n} placed`));
  });

  it('keeps entries of one moment apart', async () => {
    const ids = Array.from({ length: 5 }, () => randomUUID());
    await Promise.all(
      ids.map((id) => service.ingest({ service: 'twins', message: id, timestamp: '2026-01-02T00:00:00Z' })),
    );
    const seen: string[] = [];
    for (let after: string | null = null, more = true; more;) {
      const { edges, pageInfo } = await service.logs({ first: 2, after, filter: { service: 'twins' } });
      seen.push(...edges.map(({ node }) => node.message));
      [after, more] = [pageInfo.endCursor, pageInfo.hasNextPage];
    }
    expect(seen.toSorted()).toEqual(ids.toSorted());
  });

  it.each<[string, Record<string, unknown>, string[]]>([
    ['service', { service: 'cart' }, ['order 49996 placed', 'order 49991 placed', 'order 49986 placed']],
    ['level', { level: 'ERROR' }, ['order 49999 placed', 'order 49989 placed', 'order 49979 placed']],
    ['time', { since: '2026-01-01T00:00:07Z', until: '2026-01-01T00:00:09Z' }, ['order 8 placed', 'order 7 placed']],
    ['the beginning of a word', { search: 'U777' }, ['order 49777 placed', 'order 48777 placed', 'order 47777 placed']],
    ['a value', { search: 'u142 Order', until: '2026-01-01T00:20:00Z' }, ['order 1142 placed', 'order 142 placed']],
    [
      'all at once',
      { search: 'u7 Placed', service: 'auth', level: 'INFO', until: '2026-01-01T00:03:00Z' },
      ['order 77 placed', 'order 72 placed', 'order 7 placed'],
    ],
    ['nobody', { service: 'nobody' }, []],
    ['no name of a field', { search: 'user' }, []],
    ['no word', { search: '!?' }, []],
    ['words that are not both there', { search: 'order cancelled' }, []],
    [
      'what is no query language',
      { search: "' | !order:*", since: '2026-01-01T13:53:20Z', until: '2026-01-01T14:00:00Z' },
      ['order 50000 placed'],
    ],
    ['years without entries', { since: '9999-12-31T00:00:00Z' }, []],
  ])('finds by %s', async (_what, filter, found) => expect((await messages(filter)).slice(0, 3)).toEqual(found));

  it('finds by trace id, and by the order that an entry is about', async () => {
    const [newest] = await service.entries({ level: 'ERROR' }, 1);
    const trace = await service.entries({ traceId: newest?.traceId }, 10);
    expect(trace.map(({ message }) => message)).toEqual([
      'order 49999 placed',
      'order 49998 placed',
      'order 49997 placed',
      'order 49996 placed',
    ]);
    const { order_uuid: uuid } = newest?.fields as { order_uuid: string };
    expect(await messages({ search: uuid })).toEqual([newest?.message]);
  });

  it('refuses what can be no page, and no text', async () => {
    const refused = [
      [{ first: 0 }, 'first'],
      [{ first: 101 }, 'first'],
      [{ after: 'nonsense' }, 'after'],
      [{ after: Buffer.from('[1]').toString('base64url') }, 'after'],
      [{ after: Buffer.from('[9e15,1]').toString('base64url') }, 'after'],
      [{ filter: { search: 'a\0' } }, 'search'],
      [{ filter: { service: '\ud800' } }, 'service'],
      [{ filter: { traceId: 'x'.repeat(1_001) } }, 'traceId'],
      [{ filter: { level: 'LOUD' } }, 'level'],
      [{ filter: { since: 'yesterday' } }, 'since'],
    ] as const;
    for (const [variables, field] of refused) {
      const { errors } = await service.logsAnswer(variables, service.admin);
      expect([variables, errors?.[0]?.extensions]).toEqual([variables, { code: 'BAD_USER_INPUT', field }]);
    }
  });

  it('asks the database once, for a page and for any number of references', async () => {
    const [pages, ids] = [jest.spyOn(EntryStore.prototype, 'page'), jest.spyOn(EntryStore.prototype, 'byIds')];
    await service.logs({ first: 100 });
    const of = Array.from({ length: 50 }, (_, n) => ({ __typename: 'LogEntry', id: String(n + 1) }));
    const query = 'query ($of: [_Any!]!) { _entities(representations: $of) { ... on LogEntry { id } } }';
    const odd = ['x', '', null, {}, '9007199254740993'].map((id) => ({ __typename: 'LogEntry', id }));
    const { data } = await graphqlRequest(`${service.url}/graphql`, query, { of: [...of, ...odd] }, service.admin);
    expect(data?.['_entities']).toEqual([...of.map(({ id }) => ({ id })), null, null, null, null, null]);
    expect([pages.mock.calls.length, ids.mock.calls.length]).toEqual([1, 1]);
    jest.restoreAllMocks();
  });

  it.each<[string, string]>([
    ['no filter', 'true'],
    ['a service', `service = 'cart'`],
    ['a level', `level = 'error'`],
    ['a trace', `trace_id = md5('7')`],
    ['a rare word', `words @@ '''4711'':*'::tsquery`],
    ['a word of all', `words @@ '''order'':*'::tsquery`],
    ['a time', `logged_at < '2026-01-01T01:00:00Z'`],
    ['a page further on', `(logged_at, id) < ('2026-01-01T01:00:00Z'::timestamptz, 5)`],
  ])('reads no more than it has to for %s', async (_what, where) => {
    const { rows } = await service.sql.query<{ 'QUERY PLAN': string }>(
      `explain select * from log_entries where ${where} order by logged_at desc, id desc limit 51`,
    );
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
    expect(plan).toContain('log_entries_');
    expect(plan).not.toContain('Seq Scan');
  });
});
