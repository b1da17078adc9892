import { narrowing } from './narrowing.mjs';

const methods = ['get', 'post', 'put', 'patch', 'delete'];

/**
 * What clients of a REST API may trip over, between two OpenAPI 3.1 documents: a route that is gone, a request that was good
 * and is refused, an answer that is not what it was.
 * @returns {{what: string, says: string}[]} `what`: the route, `GET /orders/{id}`
 */
export function openApiBreaks(before, after) {
  return operationsOf(before).flatMap(({ what, path, method, operation: old }) => {
    const now = after.paths[path]?.[method];
    const found = now ? [...requestBreaks(old, now), ...answerBreaks(old, now)] : ['is not there any more'];
    return found.map((says) => ({ what, says }));
  });
}

function operationsOf({ paths }) {
  return Object.entries(paths).flatMap(([path, item]) =>
    methods
      .filter((method) => item[method])
      .map((method) => ({ what: `${method.toUpperCase()} ${path}`, path, method, operation: item[method] })),
  );
}

function requestBreaks(old, now) {
  const named = (parameters = []) => new Map(parameters.map((one) => [`${one.in} ${one.name}`, one]));
  const [before, after] = [named(old.parameters), named(now.parameters)];
  return [
    ...[...after].flatMap(([name, { required, schema }]) => {
      const was = before.get(name);
      if (required && !was?.required) return [`the ${name} must be given now`];
      return was ? narrowing(was.schema, schema, name) : [];
    }),
    ...(now.requestBody?.required && !old.requestBody?.required ? ['a body must be given now'] : []),
    ...(now.requestBody ? narrowing(bodyOf(old.requestBody) ?? {}, bodyOf(now.requestBody), 'the request') : []),
    ...(now.security?.length && !old.security?.length ? ['a token must be given now'] : []),
  ];
}

/** Of answers that say that it went well: those that say it did not are as many as there are faults. */
function answerBreaks(old, now) {
  return Object.entries(old.responses)
    .filter(([status]) => status.startsWith('2'))
    .flatMap(([status, answer]) => {
      const answered = now.responses[status];
      if (!answered) return [`is never answered by ${status} any more`];
      const headers = Object.keys(answer.headers ?? {}).filter((name) => !answered.headers?.[name]);
      return [
        ...narrowing(bodyOf(answered), bodyOf(answer), `the answer ${status}`),
        ...headers.map((name) => `the answer ${status} has no header ${name} any more`),
      ];
    });
}

function bodyOf(holder) {
  return holder?.content?.['application/json']?.schema;
}
