import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { announced } from '../../scripts/compatibility/changelog.mjs';
import { eventBreaks } from '../../scripts/compatibility/events.mjs';
import { narrowing } from '../../scripts/compatibility/narrowing.mjs';
import { openApiBreaks } from '../../scripts/compatibility/openapi.mjs';

const object = (properties: object, ...required: string[]) => ({ type: 'object', properties, required });
const text = { type: 'string' };

describe('what one schema may write, and another not read', () => {
  it.each([
    ['the same', object({ a: text }, 'a'), object({ a: text }, 'a'), []],
    ['a field more', object({ a: text, b: text }, 'a', 'b'), object({ a: text }, 'a'), []],
    ['an integer for a number', { type: 'integer' }, { type: 'number' }, []],
    ['narrower bounds', { type: 'integer', minimum: 1, maximum: 5 }, { type: 'integer', minimum: 0, maximum: 9 }, []],
    ['fewer values', { enum: ['A'] }, { enum: ['A', 'B'] }, []],
    ['one of several', text, { anyOf: [text, { type: 'null' }] }, []],
    ['a field less', object({ a: text }), object({ a: text }, 'a'), ['a may be missing']],
    ['another type', object({ a: { type: 'integer' } }), object({ a: text }), ['a may be of type integer']],
    ['a value more', object({ a: { enum: ['A', 'B'] } }), object({ a: { enum: ['A'] } }), ['a may be B']],
    ['any text for a value', text, { enum: ['A'] }, ['the body may be anything']],
    ['null as well', { anyOf: [text, { type: 'null' }] }, text, ['the body may be of type null']],
    ['wider bounds', { type: 'integer' }, { type: 'integer', minimum: 1 }, ['the body may be below the minimum of 1']],
    ['another shape', text, { ...text, format: 'uuid' }, ['the body may have another format than uuid']],
    [
      'within lists',
      { type: 'array', items: object({ a: { type: 'null' } }) },
      { type: 'array', items: object({ a: text }) },
      ['[].a may be of type null'],
    ],
    [
      'within maps',
      { type: 'object', additionalProperties: { type: 'null' } },
      { type: 'object', additionalProperties: text },
      ['.* may be of type null'],
    ],
  ])('%s', (_name, from, to, expected) => {
    expect(narrowing(from, to)).toEqual(expected);
  });
});

it('an event must be read by older and by newer consumers', () => {
  const event = (reasons: string[], ...required: string[]) => ({
    'order.cancelled': object({ reason: { enum: reasons }, by: text }, ...required),
  });
  expect(eventBreaks(event(['A'], 'reason'), event(['A'], 'reason'))).toEqual([]);
  expect(eventBreaks(event(['A']), event(['A', 'B']))).toEqual([
    { what: 'order.cancelled', says: 'as it is written now, an older consumer refuses: reason may be B' },
  ]);
  expect(eventBreaks(event(['A']), event(['A'], 'by'))).toEqual([
    { what: 'order.cancelled', says: 'as it was written, it is refused now: by may be missing' },
  ]);
  expect(eventBreaks(event(['A']), {})).toEqual([{ what: 'order.cancelled', says: 'is no event any more' }]);
});

describe('a REST route', () => {
  const json = (schema: object) => ({ content: { 'application/json': { schema } } });
  const route = (operation: object) => ({ paths: { '/orders': { post: { responses: {}, ...operation } } } });
  const breaks = (before: object, after: object) =>
    openApiBreaks(route(before), route(after)).map(({ says }: { says: string }) => says);

  it('may ask for less, and answer more', () => {
    const before = {
      requestBody: { required: true, ...json(object({ a: text }, 'a')) },
      responses: { 201: json(object({ id: text }, 'id')) },
    };
    const after = {
      requestBody: json(object({ a: text })),
      responses: { 201: json(object({ id: text, at: text }, 'id', 'at')), 409: {} },
    };
    expect(breaks(before, after)).toEqual([]);
  });

  it.each([
    [
      'another body',
      { requestBody: json(object({})) },
      { requestBody: json(object({ a: text }, 'a')) },
      'the request.a may be missing',
    ],
    [
      'a parameter',
      {},
      { parameters: [{ in: 'query', name: 'q', required: true, schema: text }] },
      'the query q must be given now',
    ],
    ['a token', {}, { security: [{ bearer: [] }] }, 'a token must be given now'],
  ])('may not ask for %s', (_name, before, after, says) => {
    expect(breaks(before, after)).toEqual([says]);
  });

  it('may not answer less, or elsewhere', () => {
    const answered = (schema: object) => ({ responses: { 200: json(schema) } });
    expect(breaks(answered(object({ id: text }, 'id')), answered(object({ id: text })))).toEqual([
      'the answer 200.id may be missing',
    ]);
    expect(breaks(answered({}), { responses: { 204: {} } })).toEqual(['is never answered by 200 any more']);
    expect(openApiBreaks(route({}), { paths: {} })).toEqual([{ what: 'POST /orders', says: 'is not there any more' }]);
  });
});

it('the change log announces what its new lines name', () => {
  const older = '## Unreleased\n\n- **Breaking:** `Cart.old` is gone.\n\n## 1.0\n- **Breaking:** `Cart.older`\n';
  const newer = older.replace(
    '\n\n## 1.0',
    '\n- **Breaking:** `Order.total` is gone: ask for `Order.amount`.\n- `Order.uuid` is new.\n\n## 1.0',
  );
  expect([...announced(newer, older)]).toEqual(['Order.total', 'Order.amount']);
  expect([...announced(older, older)]).toEqual([]);
});

describe('npm run compatibility', () => {
  const folder = mkdtempSync(join(tmpdir(), 'shop-compatibility-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const git = (...words: string[]) =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.com', ...words], {
      cwd: folder,
      stdio: 'pipe',
    });
  const check = () => {
    const script = `import(${JSON.stringify(join(process.cwd(), 'scripts/compatibility/compatibility.mjs'))}).then(async ({ compatibility }) => process.exit((await compatibility(process.cwd(), ['--against', 'HEAD'])) ? 0 : 1))`;
    const { status, stderr } = spawnSync(process.execPath, ['-e', script], { cwd: folder, encoding: 'utf8' });
    return { status, says: stderr };
  };
  const change = (file: string, from: RegExp | string, to: string) => {
    const path = join(folder, file);
    writeFileSync(path, readFileSync(path, 'utf8').replace(from, to));
  };

  beforeAll(() => {
    for (const file of ['gateway/supergraph.graphql', 'docs/contracts', 'CHANGELOG.md']) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      cpSync(file, join(folder, file), { recursive: true });
    }
    git('init', '--quiet');
    git('add', '.');
    git('commit', '--quiet', '--message', 'As it is');
  });

  it('finds nothing where nothing has changed', () => {
    expect(check()).toEqual({ status: 0, says: expect.stringContaining('Nothing breaks since HEAD') });
  });

  it('fails for a break of graph, routes or events, until the change log says it', () => {
    change('gateway/supergraph.graphql', /(type Order\b[^}]*?)\n {2}total: [^\n]*/s, '$1');
    change('docs/contracts/events.json', '"OUT_OF_STOCK"', '"SOLD_OUT"');
    change('docs/contracts/openapi/orders.json', '"/orders/search"', '"/orders/found"');
    const { status, says } = check();
    expect(status).toBe(1);
    expect(says).toMatch(/BREAKING: Order\.total:/);
    expect(says).toMatch(/BREAKING: order\.cancelled: .*SOLD_OUT/);
    expect(says).toMatch(/BREAKING: GET \/orders\/search: is not there any more/);
    change(
      'CHANGELOG.md',
      '## Unreleased\n',
      '## Unreleased\n\n- **Breaking:** `Order.total`, `order.cancelled` and `GET /orders/search` changed: see there.\n',
    );
    expect(check()).toEqual({ status: 0, says: expect.stringContaining('announced: Order.total') });
  });
});
