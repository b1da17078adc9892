import { bodyExamples, type OpenApiDocument, type Operation, parameterExamples } from '../openapi-document.js';
import type { CaseRequest, RestCase } from '../rest-case.js';
import { error } from '../rest-case.js';
import type { Service, ShopFront } from '../shop-front.js';

const TOO_LARGE = 1_048_577;
const json = { 'content-type': 'application/json' };

const badTokens: readonly (readonly [what: string, sentence: string, headers: Readonly<Record<string, string>>])[] = [
  ['no token', 'missing authorization header', {}],
  ['another scheme', 'invalid authorization header', { authorization: 'Basic bGluaDpsaW5o' }],
  ['a scheme alone', 'invalid authorization header', { authorization: 'Bearer' }],
  ['a token that is none', 'invalid token', { authorization: 'Bearer nonsense' }],
  ['an unsigned token', 'invalid token', { authorization: 'Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.' }],
];

const badIds = [
  ...['0', '-1', '1.5', 'abc', '1e3', '9007199254740992', '01', '%20'],
  // Steps, which lead elsewhere where somebody follows them on the way.
  ...['.', '..', '%2e', '%2e%2e', '.%2E', '%5c', '..%5c..', '1%2f..'],
];

/** An example of the document itself, sent by an admin. */
export function exampleRequest(operation: Operation, front: ShopFront): CaseRequest {
  const [body] = bodyExamples(operation);
  return {
    ...(operation.security?.length && { token: front.admin }),
    params: parameterExamples(operation, 'path'),
    ...(body !== undefined && { json: body }),
  };
}

/** What every route does alike, by what its description says: without a token, with a bad id, with a broken body. */
export function everyRouteCases(service: Service, document: OpenApiDocument): RestCase[] {
  return [...document.operations].flatMap(([route, operation]) => [
    ...(operation.security?.length ? withoutToken(service, route, operation) : []),
    ...(route.includes('{id}') ? withBadId(service, route, operation) : []),
    ...(route.startsWith('GET') ? [] : withBadBody(service, route, operation)),
  ]);
}

function withoutToken(service: Service, route: string, operation: Operation): RestCase[] {
  return badTokens.map(([what, sentence, headers]) => ({
    ...{ service, route, what: `refuses ${what}`, status: 401, body: error(sentence) },
    request: (front) => ({ ...exampleRequest(operation, front), token: undefined, headers }),
  }));
}

function withBadId(service: Service, route: string, operation: Operation): RestCase[] {
  return badIds.map((id) => ({
    ...{ service, route, what: `refuses the id ${id}`, status: 400, body: error('invalid id') },
    request: (front) => ({ ...exampleRequest(operation, front), params: { id } }),
  }));
}

function withBadBody(service: Service, route: string, operation: Operation): RestCase[] {
  const sends = (what: string, status: number, sentence: unknown, request: CaseRequest): RestCase => ({
    ...{ service, route, what, status, body: error(sentence) },
    request: (front) => ({ ...exampleRequest(operation, front), json: undefined, ...request }),
  });
  const broken = [
    sends('refuses broken JSON', 400, 'the body is no JSON', { raw: '{"a": ', headers: json }),
    sends('refuses another content type', 415, 'the content type is not supported', {
      ...{ raw: '<a/>', headers: { 'content-type': 'application/xml' } },
    }),
    sends('refuses a body that is too large', 413, 'the body is too large', {
      ...{ raw: JSON.stringify('x'.repeat(TOO_LARGE)), headers: json },
    }),
  ];
  if (!operation.requestBody) return broken;
  return [
    ...broken,
    sends('refuses a body that is a text', 400, expect.any(String), { json: 'text' }),
    sends('refuses a body that is a number', 400, expect.any(String), { json: 7 }),
    ...(route === 'POST /orders'
      ? []
      : [
          sends('refuses no body', 400, expect.any(String), {}),
          sends('refuses an empty body', 400, expect.any(String), { raw: '', headers: json }),
          ...(route === 'PUT /products/{id}'
            ? []
            : [sends('refuses an empty object', 400, expect.any(String), { json: {} })]),
        ]),
  ];
}
