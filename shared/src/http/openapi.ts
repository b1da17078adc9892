import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';
import { jsonSchemaTransform, serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { swaggerPage, swaggerScript } from './swagger-page.js';
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
    app.setValidatorCompiler(validatorCompiler);
    app.setSerializerCompiler(serializerCompiler);
    await app.register(swagger, {
      openapi: {
        openapi: '3.1.0',
        info: { title, description, version: '1' },
        components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } } },
      },
      transform: jsonSchemaTransform,
    });
    await app.register(swaggerUi, { routePrefix: '/swagger' });
    serveIndex(app, title);
  };
}

/** What a route that needs a token says in its schema: `security: needsToken`. */
export const needsToken: readonly { [scheme: string]: readonly string[] }[] = [{ bearer: [] }];

const errorBody = z.object({ error: z.string() }).describe('One clear sentence');

/** The error answers of a route, by status: `response: { 200: product, ...errors(400, 404) }`. */
export function errors<Status extends number>(...statuses: Status[]): Record<Status, typeof errorBody> {
  return Object.fromEntries(statuses.map((status) => [status, errorBody])) as Record<Status, typeof errorBody>;
}

/** @fastify/swagger-ui serves its page at `/swagger` only, and its script looks for the document below the page. */
function serveIndex(app: FastifyInstance, title: string): void {
  const hidden = { schema: { hide: true } as never };
  app.get('/swagger/index.html', hidden, (_request, reply) => reply.type('text/html').send(swaggerPage(title)));
  app.get('/swagger/index.js', hidden, (_request, reply) => reply.type('text/javascript').send(swaggerScript));
}
