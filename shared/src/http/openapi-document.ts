import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import { jsonSchemaTransform } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { meaningOf } from './status-meanings.js';

type Transforms = Required<Pick<FastifyDynamicSwaggerOptions, 'transform' | 'transformObject'>>;
type JsonSchema = Readonly<Record<string, unknown>>;
interface OperationObject {
  readonly operationId?: string;
  requestBody?: object;
}

/** How the routes' zod schemas become the OpenAPI document. Comes before the routes. */
export function documentOf(app: FastifyInstance): Transforms {
  const withOptionalBody = new Set<string>();
  app.addHook('onRoute', ({ schema }) => {
    // Fastify has null validated where there is no body.
    if (schema?.operationId && schema.body instanceof z.ZodType && schema.body.safeParse(null).success)
      withOptionalBody.add(schema.operationId);
  });

  return {
    transform: (route) => {
      const { schema, url } = jsonSchemaTransform(route);
      return { schema: { ...schema, ...described(schema.response as Responses | undefined) }, url };
    },
    transformObject: (document) => {
      if (!('openapiObject' in document)) return document.swaggerObject;
      for (const operation of Object.values(document.openapiObject.paths ?? {}).flatMap(operationsOf)) {
        // @fastify/swagger says of every body that it is required.
        if (operation.requestBody && withOptionalBody.has(operation.operationId ?? ''))
          operation.requestBody = { ...operation.requestBody, required: false };
      }
      return document.openapiObject;
    },
  };
}

type Responses = Readonly<Record<string, JsonSchema>>;

/** Every answer says what it means: in the words of its schema, or in those of its status. */
function described(responses?: Responses) {
  if (!responses) return {};
  const entries = Object.entries(responses).map(([status, { description, ...schema }]) => [
    status,
    { ...schema, 'x-response-description': description ?? meaningOf(Number(status)) },
  ]);
  return { response: Object.fromEntries(entries) as Responses };
}

const operationsOf = (path: object | undefined): OperationObject[] => Object.values(path ?? {});
