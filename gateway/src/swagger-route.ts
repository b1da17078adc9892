import { readFile } from 'node:fs/promises';
import type { FastifyInstance } from 'fastify';
import { dump } from 'js-yaml';
import { request } from 'undici';
import type { ServiceName } from '@shop/shared/backing/roster';
import { AppError } from '@shop/shared/errors/app-error';
import { swaggerPolicy } from '@shop/shared/http/security-headers';
import { swaggerFiles } from '@shop/shared/http/swagger-files';
import { swaggerPage, swaggerScript } from '@shop/shared/http/swagger-page';
import { forwardedRoutes } from './forwarded-routes.js';
import { keptFor } from './kept-for.js';
import type { RequestRate } from './request-rate.js';
import { mergedDocument, type OpenApiDocument } from './rest-document.js';

interface SwaggerRouteOptions {
  /** A service's origin; null when the supergraph is not the shop's. */
  readonly originOf: (service: ServiceName) => string | null;
  readonly timeoutMs: number;
  readonly rate: RequestRate;
}

/** Anybody may ask for the document, and it takes a request to each service: within this time all get the same one. */
const KEPT_MS = 10_000;

const services = [...new Set(forwardedRoutes.map(({ service }) => service))];

/**
 * Swagger UI for all that is forwarded, at the same paths as a service has its own: `/swagger/index.html`, and the OpenAPI
 * document at `/swagger/json` and `/swagger/yaml`. Each counts as a request, like those that it is about. 404 in front of a
 * supergraph that is not the shop's; 503 while a service is away, whose part only it knows.
 */
export function swaggerRoute({ originOf, timeoutMs, rate }: SwaggerRouteOptions) {
  const document = keptFor(KEPT_MS, async () => {
    const documents = await Promise.all(
      services.map(async (name) => [name, await documentOf(name, originOf, timeoutMs)] as const),
    );
    const merged = mergedDocument(new Map(documents));
    return { json: JSON.stringify(merged), yaml: dump(merged, { noRefs: true }) };
  });
  return async (app: FastifyInstance): Promise<void> => {
    app.addHook('onRequest', ({ headers, ip }) => rate.admitUnjudged(headers.authorization, ip));
    app.addHook('preHandler', async (_request, reply) => {
      if (services.some((service) => originOf(service) === null)) return reply.callNotFound();
    });
    app.get('/swagger', async (_request, reply) => reply.redirect('/swagger/index.html'));
    app.get('/swagger/json', async (_request, reply) =>
      reply.type('application/json; charset=utf-8').send((await document()).json),
    );
    app.get('/swagger/yaml', async (_request, reply) => reply.type('application/yaml').send((await document()).yaml));
    app.get('/swagger/index.html', async (_request, reply) =>
      reply.header('content-security-policy', swaggerPolicy).type('text/html; charset=utf-8').send(swaggerPage('Shop')),
    );
    app.get('/swagger/index.js', async (_request, reply) =>
      reply.type('text/javascript; charset=utf-8').send(swaggerScript),
    );
    app.get<{ Params: { file: string } }>('/swagger/static/:file', async ({ params: { file } }, reply) => {
      if (!Object.hasOwn(swaggerFiles, file)) return reply.callNotFound();
      const { path, type } = swaggerFiles[file] as (typeof swaggerFiles)[string];
      return reply.type(type).send(await readFile(path));
    });
  };
}

async function documentOf(
  service: ServiceName,
  originOf: SwaggerRouteOptions['originOf'],
  timeoutMs: number,
): Promise<OpenApiDocument> {
  try {
    const { statusCode, body } = await request(`${originOf(service)}/swagger/json`, {
      signal: AbortSignal.timeout(timeoutMs),
    });
    if (statusCode !== 200) throw new Error(`HTTP ${statusCode}`);
    return (await body.json()) as OpenApiDocument;
  } catch (cause) {
    throw new AppError('SUBGRAPH_UNAVAILABLE', `${service} service unavailable`, { status: 503, cause });
  }
}
