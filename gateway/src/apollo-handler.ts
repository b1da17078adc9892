import { type ApolloServer, HeaderMap } from '@apollo/server';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { GatewayContext } from './context.js';
import type { OperationRequest } from './subscriptions/operation-request.js';

/**
 * Has Apollo answer a request with the operation that was admitted of it: nothing else of it is read as one. Without an
 * operation it is answered by a page, or refused.
 */
export async function answerByApollo(
  server: ApolloServer<GatewayContext>,
  { method, headers, body }: FastifyRequest,
  reply: FastifyReply,
  operation: OperationRequest | null,
  context: GatewayContext,
): Promise<FastifyReply> {
  const answer = await server.executeHTTPGraphQLRequest({
    httpGraphQLRequest: {
      method,
      headers: headerMapOf(headers),
      body: operation ? bodyOf(operation) : body,
      search: operation ? searchOf(operation) : '',
    },
    context: async () => context,
  });
  if (answer.body.kind !== 'complete') throw new Error('incremental answers are not served');
  for (const [name, value] of answer.headers) void reply.header(name, value);
  return reply.code(answer.status ?? 200).send(answer.body.string);
}

function headerMapOf(headers: FastifyRequest['headers']): HeaderMap {
  const map = new HeaderMap();
  for (const [name, value] of Object.entries(headers)) if (value) map.set(name, [value].flat().join(', '));
  return map;
}

/** As JSON would have it: Apollo takes no undefined for an absent one. */
function bodyOf(operation: OperationRequest): object {
  return Object.fromEntries(Object.entries(operation).filter(([, value]) => value !== undefined));
}

function searchOf({ query, operationName, variables }: OperationRequest): string {
  const parameters = new URLSearchParams({ query });
  if (operationName !== undefined) parameters.set('operationName', operationName);
  if (variables !== undefined) parameters.set('variables', JSON.stringify(variables));
  return `?${parameters}`;
}
