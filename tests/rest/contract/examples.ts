import { serviceNames } from '@shop/shared/backing/roster';
import { bodyExamples, parameterExamples } from './openapi-document.js';
import type { Documents } from './player.js';
import { requestOf } from './rest-case.js';
import type { RestRequest } from './rest-client.js';
import type { Service } from './shop-front.js';

/** What has to be there before others can speak of it; what takes away comes last. */
const order = [
  /^POST .auth.register/,
  /^POST .auth.login/,
  /^POST .products/,
  /^POST .cart/,
  /^PUT .cart/,
  /^POST .orders/,
];

function rank(route: string): number {
  if (route.startsWith('DELETE')) return order.length + 1;
  const index = order.findIndex((pattern) => pattern.test(route));
  return index === -1 ? order.length : index;
}

export interface ExampleRequest {
  readonly service: Service;
  readonly route: string;
  readonly request: RestRequest;
}

/** Every example of the documents, as it stands there: a request for each example of a body, with those of its parameters. */
export function exampleRequests(documents: Documents, token: string): ExampleRequest[] {
  const all = serviceNames.flatMap((service) =>
    [...documents[service].operations].flatMap(([route, operation]) => {
      const query = new URLSearchParams(parameterExamples(operation, 'query')).toString();
      const bodies = bodyExamples(operation);
      if (operation.requestBody && bodies.length === 0) throw new Error(`${route} has no example`);
      return (bodies.length === 0 ? [undefined] : bodies).map((json) => ({
        ...{ service, route },
        request: requestOf(route, {
          ...(operation.security?.length && { token }),
          params: parameterExamples(operation, 'path'),
          headers: parameterExamples(operation, 'header'),
          ...(query && { query: `?${query}` }),
          ...(json !== undefined && { json }),
        }),
      }));
    }),
  );
  return all.toSorted((one, other) => rank(one.route) - rank(other.route));
}
