import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startMistake } from '@shop/shared/lifecycle/start-error';
import { eventually } from '../../tests/support/eventually.js';
import { graphqlRequest } from '../../tests/support/graphql-client.js';
import { FakeShop } from './support/fake-shop.js';
import { transports } from './support/stream-clients.js';
import { TestGateway } from './support/test-gateway.js';

const LISTED = 'query Count {\n  paymentCount\n}';
const TICKS = 'subscription Ticks {\n  ticks(count: 2)\n}';
const OTHER = 'query Other {\n  paymentCount\n}';
const UNLISTED = { message: 'only operations that are listed may be run here', extensions: { code: 'FORBIDDEN' } };
const UNKNOWN = { message: 'no operation of this id may be run here', extensions: { code: 'NOT_FOUND' } };
const idOf = (body: string) => createHash('sha256').update(body).digest('hex');
/** As @apollo/generate-persisted-query-manifest writes it. */
const manifest = (...bodies: string[]) =>
  JSON.stringify({
    format: 'apollo-persisted-query-manifest',
    version: 1,
    operations: bodies.map((body) => {
      const [type, name] = body.split(' ');
      return { id: idOf(body), name, type, body };
    }),
  });

describe('a gateway that runs listed operations only', () => {
  let shop: FakeShop;
  let folder: string;
  let file: string;
  let gateway: TestGateway;
  const start = () =>
    TestGateway.start(shop.compose(), { PERSISTED_OPERATIONS: 'only', PERSISTED_OPERATIONS_FILE: file });
  beforeAll(async () => {
    shop = await new FakeShop().start();
    folder = await mkdtemp(path.join(tmpdir(), 'safelist-'));
    file = path.join(folder, 'persisted-query-manifest.json');
    await writeFile(file, manifest(LISTED, TICKS));
    gateway = await start();
  });
  afterAll(async () => {
    await gateway.stop();
    await shop.stop();
    await rm(folder, { recursive: true });
  });
  const byId = async (id: string) => {
    const response = await fetch(gateway.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ extensions: { persistedQuery: { version: 1, sha256Hash: id } } }),
    });
    return { status: response.status, ...((await response.json()) as object) };
  };

  it('runs them by their ids, and by their texts, however these are laid out', async () => {
    const answer = { status: 200, data: { paymentCount: 1 } };
    expect(await byId(idOf(LISTED))).toEqual(answer);
    expect(await graphqlRequest(gateway.url, LISTED)).toEqual(answer);
    expect(await graphqlRequest(gateway.url, '# a remark\nquery Count { paymentCount, }')).toEqual(answer);
  });

  it('refuses all others, whatever they pretend to be', async () => {
    expect(await byId(idOf(OTHER))).toEqual({ status: 404, errors: [UNKNOWN] });
    const others = [
      OTHER,
      '{ paymentCount }',
      '{ __typename }',
      `${LISTED} ${OTHER}`,
      'query Count { paymentCount paymentCount }',
      'nonsense "',
    ];
    for (const query of others)
      expect(await graphqlRequest(gateway.url, query)).toEqual({ status: 403, errors: [UNLISTED] });
    const parameters = new URLSearchParams({ query: OTHER });
    const response = await fetch(`${gateway.url}?${parameters}`, { headers: { 'apollo-require-preflight': '1' } });
    expect(response.status).toBe(403);
    const extensions = { persistedQuery: { version: 1, sha256Hash: idOf(LISTED) } };
    const both = await fetch(gateway.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: OTHER, extensions }),
    });
    expect(both.status).toBe(403);
    expect(await byId(idOf(OTHER))).toEqual({ status: 404, errors: [UNKNOWN] });
  });

  it.each(transports)('does so over %s', async (_name, subscribe) => {
    const listed = subscribe(gateway, { query: TICKS });
    await eventually(() => expect(listed.completed).toBe(true));
    expect(listed.answers).toEqual([{ data: { ticks: 1 } }, { data: { ticks: 2 } }]);
    const other = subscribe(gateway, { query: 'subscription { ticks(count: 2) }' });
    await eventually(() => expect(JSON.stringify([other.error, other.answers])).toContain(UNLISTED.message));
    other.close();
  });

  it('reads a list again that has changed, and keeps the old one when the new one is none', async () => {
    await writeFile(file, manifest(OTHER));
    await eventually(async () => expect((await graphqlRequest(gateway.url, OTHER)).status).toBe(200));
    expect((await graphqlRequest(gateway.url, LISTED)).status).toBe(403);
    await writeFile(file, '{');
    await writeFile(file, manifest(LISTED, TICKS, OTHER));
    await eventually(async () => expect((await graphqlRequest(gateway.url, LISTED)).status).toBe(200));
  });

  it.each<[string, string, RegExp]>([
    ['no JSON', '{', /JSON/],
    ['of another format', '{"format":"other","version":1,"operations":[]}', /no Apollo manifest of version 1: format/],
    [
      'of another version',
      manifest().replace('"version":1', '"version":2'),
      /no Apollo manifest of version 1: version/,
    ],
    ['without bodies', manifest(LISTED).replace('"body"', '"text"'), /operations\.0\.body/],
    ['with an id twice', manifest(LISTED, LISTED), /is there twice/],
    ['with what is no GraphQL', manifest('query "'), /is no GraphQL/],
  ])('does not start with a list that is %s', async (_what, text, reason) => {
    const bad = path.join(folder, 'bad.json');
    await writeFile(bad, text);
    const starting = TestGateway.start(shop.compose(), {
      PERSISTED_OPERATIONS: 'only',
      PERSISTED_OPERATIONS_FILE: bad,
    });
    const error = await starting.then(
      () => null,
      (failure: unknown) => failure,
    );
    expect(startMistake(error)).toMatch(/^PERSISTED_OPERATIONS_FILE can't be used: .*bad\.json: /);
    expect(startMistake(error)).toMatch(reason);
  });

  it('does not start without a list', async () => {
    const missing = { PERSISTED_OPERATIONS: 'only', PERSISTED_OPERATIONS_FILE: path.join(folder, 'missing.json') };
    await expect(TestGateway.start(shop.compose(), missing)).rejects.toThrow(/does not exist/);
    await expect(TestGateway.start(shop.compose(), { PERSISTED_OPERATIONS: 'only' })).rejects.toThrow(
      'PERSISTED_OPERATIONS_FILE: is required where PERSISTED_OPERATIONS=only',
    );
  });
});
