import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { boundedText, wholeNumber } from '../../src/http/body-fields.js';
import { errors, needsToken, openApi } from '../../src/http/openapi.js';
import { idParams, listQuery } from '../../src/http/request-fields.js';
import { type Door, WebServer } from '../../src/http/web-server.js';
import { silentTelemetry } from '../../src/telemetry/telemetry.js';

const page = z.object({ limit: z.number(), offset: z.number() });
const thing = z.object({ id: z.number(), name: z.string(), at: z.iso.datetime() });

const routes: Door = (untyped) => {
  const app = untyped.withTypeProvider<ZodTypeProvider>();
  const at = new Date(0).toISOString();
  app.get(
    '/things/:id',
    { schema: { params: idParams, security: needsToken, response: { 200: thing, ...errors(400, 404) } } },
    (request) => ({ id: request.params.id, name: 'one', at, secret: 'never shown' }),
  );
  app.get('/things', { schema: { querystring: listQuery, response: { 200: page } } }, (request) => request.query);
  app.post(
    '/things',
    { schema: { operationId: 'make', body: made, response: { 201: thing.describe('The thing'), ...errors(409) } } },
    async (request, reply) => reply.status(201).send({ id: 1, name: request.body.name, at }),
  );
  app.put(
    '/things',
    { schema: { operationId: 'wish', body: z.object({}).nullish(), response: { 200: thing } } },
    () => ({
      ...{ id: 1, name: 'one', at },
    }),
  );
};

const made = z.object({
  name: z.string().min(1).max(9),
  colour: z.enum(['red', 'blue']).optional(),
  sizes: z.array(z.int().min(1).max(5)).min(1).max(2).optional(),
  code: z.string().regex(/^x/).optional(),
  either: z.union([z.number(), z.boolean()]).optional(),
  price: wholeNumber({ least: 1, most: 9, rule: 'price must be 1 to 9' }).optional(),
  note: boundedText({ name: 'the note', least: 1, most: 3 }).optional(),
});

interface Described {
  readonly requestBody: {
    readonly required: boolean;
    readonly content: Readonly<Record<string, { readonly schema: { readonly properties: object } }>>;
  };
  readonly responses: Readonly<Record<string, { readonly description: string }>>;
}

describe('the OpenAPI door', () => {
  const server = new WebServer({
    host: '127.0.0.1',
    port: 0,
    telemetry: silentTelemetry(),
    readiness: async () => ({}),
    doors: [openApi({ title: 'Things', description: 'All things' }), routes],
  });
  const get = (path: string) => fetch(`http://127.0.0.1:${server.port}${path}`);
  const send = async (body: string) => {
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body };
    const answer = await fetch(`http://127.0.0.1:${server.port}/things`, init);
    return [answer.status, await answer.json()];
  };
  beforeAll(() => server.start());
  afterAll(() => server.stop());

  it('serves Swagger UI, its files and the document beside it', async () => {
    const page = await get('/swagger/index.html');
    expect(page.headers.get('content-type')).toContain('text/html');
    const addresses = [...(await page.text()).matchAll(/(?:src|href)="\.\/([^"]+)"/g)].map((match) => match[1]);
    expect(addresses).toHaveLength(4);
    for (const address of addresses) {
      const file = await get(`/swagger/${address}`);
      expect(file.status).toBe(200);
      // An answer that is left unread keeps its connection open.
      await file.arrayBuffer();
    }
    expect(await (await get('/swagger/yaml')).text()).toContain('openapi: 3.1.0');
  });

  it('describes the routes by their schemas, and no others', async () => {
    const document = (await (await get('/swagger/json')).json()) as { openapi: string; paths: Record<string, never> };
    expect(document.openapi).toBe('3.1.0');
    expect(Object.keys(document.paths).sort()).toEqual(['/things', '/things/{id}']);
    expect(document.paths['/things/{id}']).toMatchObject({
      get: { security: [{ bearer: [] }], responses: { 200: {}, 404: {} } },
    });
  });

  it('shapes what goes out by the schema', async () => {
    expect(await (await get('/things/7')).json()).toEqual({ id: 7, name: 'one', at: '1970-01-01T00:00:00.000Z' });
  });

  it.each(['0', '-1', 'abc', '1.5', '9007199254740992', '1e3'])('refuses the id %s', async (id) => {
    const response = await get(`/things/${id}`);
    expect([response.status, await response.json()]).toEqual([400, { error: 'invalid id' }]);
  });

  it('gives lists a limit and an offset', async () => {
    const query = async (search: string) => (await get(`/things${search}`)).json();
    expect(await query('')).toEqual({ limit: 100, offset: 0 });
    expect(await query('?limit=1000&offset=7')).toEqual({ limit: 500, offset: 7 });
    expect(await query('?limit=0')).toEqual({ error: 'limit must be 1 or more' });
    expect(await query('?offset=-1')).toEqual({ error: 'offset must be a whole number' });
  });

  it('takes a limit or an offset past all there can be for what it means', async () => {
    const query = async (search: string) => (await get(`/things${search}`)).json();
    const digits = '9'.repeat(400);
    expect(await query(`?limit=${digits}&offset=${digits}`)).toEqual({ limit: 500, offset: Number.MAX_SAFE_INTEGER });
    expect(await query('?limit=000')).toEqual({ error: 'limit must be 1 or more' });
    expect(await query('?limit=1&limit=2')).toEqual({ error: 'limit must be given only once' });
  });

  it.each<readonly [body: unknown, error: string]>([
    [{ name: '' }, 'name must have a length of 1 or more'],
    [{ name: '0123456789' }, 'name must have a length of 9 or less'],
    [{}, 'name is required'],
    [{ name: 7 }, 'name must be a string'],
    [[], 'the body must be an object'],
    [null, 'the body must be an object'],
    [{ name: 'a', colour: 'green' }, 'colour must be one of red, blue'],
    [{ name: 'a', sizes: [] }, 'sizes must have a number of elements of 1 or more'],
    [{ name: 'a', sizes: [1, 2, 3] }, 'sizes must have a number of elements of 2 or less'],
    [{ name: 'a', sizes: [1, 9] }, 'sizes[1] must be 5 or less'],
    [{ name: 'a', sizes: [1.5] }, 'sizes[0] must be a whole number'],
    [{ name: 'a', sizes: 1 }, 'sizes must be an array'],
    [{ name: 'a', code: 'y' }, 'code is not valid'],
    [{ name: 'a', either: 'y' }, 'either is not valid'],
    ...[0, 10, 1.5, 1e300].map((price) => [{ name: 'a', price }, 'price must be 1 to 9'] as const),
    [{ name: 'a', price: '1' }, 'price must be a number'],
    [{ name: 'a', note: '😀😀😀😀' }, 'the note must be 1 to 3 characters'],
    [{ name: 'a', note: '\0' }, 'the note must contain neither NUL nor half a surrogate pair'],
  ])('names what is wrong with the body %j, in no words of its library', async (body, error) => {
    expect(await send(JSON.stringify(body))).toEqual([400, { error }]);
  });

  it('takes what is within the bounds, characters counted and not their halves', async () =>
    expect((await send(JSON.stringify({ name: 'a', price: 9, note: '😀😀😀' })))[0]).toBe(201));

  it('says in its document what is validated, what an answer means, and which body may be left out', async () => {
    const { paths } = (await (await get('/swagger/json')).json()) as {
      paths: Record<string, Record<string, Described>>;
    };
    const { post, put } = paths['/things'] ?? {};
    expect(post?.requestBody.content['application/json']?.schema.properties).toMatchObject({
      price: { type: 'integer', minimum: 1, maximum: 9 },
      note: { minLength: 1, maxLength: 3 },
    });
    expect([post?.requestBody.required, put?.requestBody.required]).toEqual([true, false]);
    const ofAny = ['400', '408', '417', '431', '503'];
    expect(Object.keys(paths['/things']?.['get']?.responses ?? {})).toEqual(['200', ...ofAny]);
    expect(Object.keys(post?.responses ?? {})).toEqual(expect.arrayContaining([...ofAny, '413', '415']));
    expect(post?.responses).toMatchObject({
      408: { description: 'The request did not arrive in time' },
      201: { description: 'The thing' },
      409: { description: 'What it is about is not in a state for this' },
    });
  });

  it.each(['/swagger', '/swagger/', '/swagger/?x=1'])('leads from %s to its page', async (path) => {
    const page = await get(path);
    expect([page.url.replace(/^.+?\d\//, '/'), page.status]).toEqual(['/swagger/index.html', 200]);
    expect(await page.text()).toContain('"./index.js"');
  });
});
