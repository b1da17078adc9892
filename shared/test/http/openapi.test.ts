import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { errors, needsToken, openApi } from '../../src/http/openapi.js';
import { idParams, listQuery } from '../../src/http/request-fields.js';
import { type Door, WebServer } from '../../src/http/web-server.js';
import { silentLogger } from '../../src/logging/logger.js';

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
    { schema: { body: z.object({ name: z.string().min(1) }), response: { 201: thing } } },
    async (request, reply) => reply.status(201).send({ id: 1, name: request.body.name, at }),
  );
};

describe('the OpenAPI door', () => {
  const server = new WebServer({
    host: '127.0.0.1',
    port: 0,
    logger: silentLogger,
    readiness: async () => ({}),
    doors: [openApi({ title: 'Things', description: 'All things' }), routes],
  });
  const get = (path: string) => fetch(`http://127.0.0.1:${server.port}${path}`);
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

  it('names the field of a body that it refuses', async () => {
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"name":""}' };
    const response = await fetch(`http://127.0.0.1:${server.port}/things`, init);
    expect(response.status).toBe(400);
    expect(((await response.json()) as { error: string }).error).toMatch(/^name: /);
  });
});
