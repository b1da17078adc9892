import type { TokenVerifier } from '@shop/shared/auth/token-verifier';
import { forbidden, notFound } from '@shop/shared/errors/app-error';
import { requiredCallerOf } from '@shop/shared/http/identity';
import { errorBody, errors, needsToken, noBody, withHeaders, type ZodTypeProvider } from '@shop/shared/http/openapi';
import { idParams, listQuery, totalCount } from '@shop/shared/http/request-fields';
import type { Door } from '@shop/shared/http/web-server';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { createBody, productBody, toBody, updateBody } from './product-body.js';
import {
  cached,
  contentTag,
  etag,
  expectedVersions,
  ifMatch,
  ifNoneMatch,
  isCurrentAtClient,
  revalidated,
  versionTag,
} from './revalidation.js';
import type { Catalogue } from '../use-cases/catalogue.js';

interface ProductRoutesOptions {
  readonly catalogue: Catalogue;
  readonly verifier: TokenVerifier;
  /** Who may write: administrators, or anyone. */
  readonly writes: 'admin' | 'public';
}

const created = z.union([z.array(productBody), productBody]).describe('The product, or an array of them, as sent');

/** The REST contract's routes of products. */
export function productRoutes(options: ProductRoutesOptions): Door {
  return (app) => {
    reads(app, options);
    writes(app, options);
  };
}

function reads(untyped: FastifyInstance, { catalogue }: ProductRoutesOptions): void {
  const app = untyped.withTypeProvider<ZodTypeProvider>();

  app.get(
    '/products',
    {
      schema: {
        operationId: 'listProducts',
        summary: 'The products, oldest first; X-Total-Count says how many there are',
        querystring: listQuery,
        headers: ifNoneMatch,
        response: {
          200: withHeaders(z.array(productBody).describe('A page of the products'), { ...revalidated, ...totalCount }),
          304: withHeaders(noBody, { ...revalidated, ...totalCount }),
          ...errors(400),
        },
      },
    },
    async (request, reply) => {
      const { limit, offset } = request.query;
      const { products, total } = await catalogue.store.pageByOffset(limit, offset);
      const body = products.map(toBody);
      void reply.header('x-total-count', total);
      if (isCurrentAtClient(request, reply, contentTag([total, body]))) return reply.status(304).send();
      return reply.status(200).send(body);
    },
  );

  app.get(
    '/products/:id',
    {
      schema: {
        operationId: 'showProduct',
        summary: 'One product; X-Cache says whether the cache knew it',
        params: idParams,
        headers: ifNoneMatch,
        response: {
          200: withHeaders(productBody.describe('The product'), { ...revalidated, ...cached }),
          304: withHeaders(noBody, { ...revalidated, ...cached }),
          404: withHeaders(errorBody, cached),
          ...errors(400),
        },
      },
    },
    async (request, reply) => {
      const [found] = await catalogue.reader.byIds([request.params.id]);
      void reply.header('x-cache', found?.hit ? 'HIT' : 'MISS');
      if (!found?.product) throw notFound('product not found');
      if (isCurrentAtClient(request, reply, versionTag(found.product.version))) return reply.status(304).send();
      return reply.status(200).send(toBody(found.product));
    },
  );
}

function writes(untyped: FastifyInstance, { catalogue, verifier, writes }: ProductRoutesOptions): void {
  const app = untyped.withTypeProvider<ZodTypeProvider>();
  const guarded = {
    onRequest: async (request: FastifyRequest) => {
      if (writes === 'public') return;
      if ((await requiredCallerOf(request, verifier)).role !== 'ADMIN') throw forbidden();
    },
  };
  const security = writes === 'public' ? [] : needsToken;
  const refusals = writes === 'public' ? [] : ([401, 403] as const);

  app.post(
    '/products',
    {
      ...guarded,
      schema: {
        operationId: 'createProducts',
        summary: 'Make one product, or several: all or none',
        security,
        body: createBody,
        response: { 201: created, ...errors(400, ...refusals) },
      },
    },
    async ({ body }, reply) => {
      const products = await catalogue.create.run(Array.isArray(body) ? body : [body], new Date());
      const bodies = products.map(toBody);
      const [first] = bodies;
      return reply.status(201).send(Array.isArray(body) || !first ? bodies : first);
    },
  );

  app.put(
    '/products/:id',
    {
      ...guarded,
      schema: {
        operationId: 'updateProduct',
        summary: 'Change what is sent; with If-Match, only this version of it',
        security,
        params: idParams,
        headers: ifMatch,
        body: updateBody,
        response: {
          200: withHeaders(productBody.describe('The product as it is now'), etag),
          ...errors(400, 404, 412, ...refusals),
        },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const versions = expectedVersions(request.headers['if-match']);
      const product = await catalogue.update.run(id, request.body, versions, new Date());
      void reply.header('etag', versionTag(product.version));
      return toBody(product);
    },
  );

  app.delete(
    '/products/:id',
    {
      ...guarded,
      schema: {
        operationId: 'deleteProduct',
        summary: 'Take a product out of the shop',
        security,
        params: idParams,
        response: { 204: noBody, ...errors(400, 404, ...refusals) },
      },
    },
    async (request, reply) => {
      await catalogue.delete.run(request.params.id, new Date());
      return reply.status(204).send();
    },
  );
}
