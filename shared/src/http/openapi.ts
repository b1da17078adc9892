import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify';
import { serializerCompiler } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { documentOf } from './openapi-document.js';
import { swaggerPolicy } from './security-headers.js';
import { swaggerPage, swaggerScript } from './swagger-page.js';
import { validatorCompiler } from './validation.js';
import type { Door } from './web-server.js';

export type { ZodTypeProvider } from 'fastify-type-provider-zod';

interface OpenApiOptions {
  readonly title: string;
  readonly description: string;
}

/**
 * Makes the routes' zod schemas their validators, their serializers and the service's OpenAPI 3.1 document. Comes before
 * the doors whose routes it describes. Swagger UI is at `/swagger/index.html`, the document beside it: `/swagger/json`
 * and `/swagger/yaml`.
 */
export function openApi({ title, description }: OpenApiOptions): Door {
  return async (app) => {
    app.addHook('onRoute', answersOfTheServer);
    app.addHook('onRoute', ({ schema }) => {
      if (schema) schema.tags ??= [title];
    });
    app.setValidatorCompiler(validatorCompiler);
    app.setSerializerCompiler(serializerCompiler);
    await app.register(swagger, {
      openapi: {
        openapi: '3.1.0',
        info: { title, description, version: '1' },
        tags: [{ name: title, description }],
        components: { securitySchemes: { bearer } },
      },
      ...documentOf(app),
    });
    await app.register(swaggerUi, { routePrefix: '/swagger', uiHooks: { onRequest: toOurPage } });
    serveIndex(app, title);
  };
}

const bearer = {
  type: 'http',
  scheme: 'bearer',
  bearerFormat: 'JWT',
  description: 'The token that signing in answers, with or without the word Bearer in front',
} as const;

/** What a route that needs a token says in its schema: `security: needsToken`. */
export const needsToken: readonly { [scheme: string]: readonly string[] }[] = [{ bearer: [] }];

/** The body of every error. */
export const errorBody = z.object({ error: z.string().describe('One clear sentence') });

/** The body of a 204 and of a 304. */
export const noBody = z.undefined();

/** An answer that has these headers as well, each with its JSON schema: `200: withHeaders(product, { etag })`. */
export function withHeaders<Schema extends z.ZodType>(schema: Schema, headers: Record<string, HeaderSchema>): Schema {
  return schema.meta({ ...schema.meta(), headers });
}

interface HeaderSchema {
  readonly type: 'string' | 'integer';
  readonly description: string;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly enum?: readonly string[];
}

/** The headers of an answer to whoever asks too often (RFC 9110, section 10.2.3). */
export const retryAfter = {
  'retry-after': { type: 'integer', minimum: 1, description: 'After how many seconds to try again' },
} as const satisfies Record<string, HeaderSchema>;

/** The error answers of a route, by status: `response: { 200: product, ...errors(400, 404) }`. */
export function errors<Status extends number>(...statuses: Status[]): Record<Status, typeof errorBody> {
  return Object.fromEntries(statuses.map((status) => [status, errorBody])) as Record<Status, typeof errorBody>;
}

/**
 * What any route may say: the request is no HTTP that it takes, or does not arrive in time; its database is away; and one
 * with a body: that is no JSON, too large, or of another type.
 */
function answersOfTheServer({ method, schema }: RouteOptions): void {
  if (!schema || schema.hide) return;
  const withBody = method !== 'GET' && method !== 'HEAD';
  const always = { ...errors(400, 408, 417, 431, 503), ...(withBody && errors(413, 415)) };
  schema.response = { ...always, ...(schema.response as object | undefined) };
}

/** @fastify/swagger-ui's own page is not ours: it does not take a token as it was copied. */
async function toOurPage({ url }: FastifyRequest, reply: FastifyReply): Promise<void> {
  const [, slash] = /^\/swagger(\/?)(?:\?|$)/.exec(url) ?? [];
  // Relative, as every address of the page, so that it works behind a proxy too.
  if (slash !== undefined) await reply.redirect(slash ? './index.html' : './swagger/index.html');
}

/** @fastify/swagger-ui serves its page at `/swagger` only, and its script looks for the document below the page. */
function serveIndex(app: FastifyInstance, title: string): void {
  const hidden = { schema: { hide: true } as never };
  app.get('/swagger/index.html', hidden, (_request, reply) =>
    reply.header('content-security-policy', swaggerPolicy).type('text/html; charset=utf-8').send(swaggerPage(title)),
  );
  app.get('/swagger/index.js', hidden, (_request, reply) =>
    reply.type('text/javascript; charset=utf-8').send(swaggerScript),
  );
}
