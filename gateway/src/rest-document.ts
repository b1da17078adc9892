import { z } from 'zod';
import type { ServiceName } from '@shop/shared/backing/roster';
import { errorBody, retryAfter } from '@shop/shared/http/openapi';
import { forwardedRoutes } from './forwarded-routes.js';

interface Operation {
  readonly responses?: Readonly<Record<string, Described>>;
  readonly [key: string]: unknown;
}
interface Described {
  readonly description?: string;
  readonly [key: string]: unknown;
}
type Paths = Readonly<Record<string, Readonly<Record<string, Operation>>>>;
type Components = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** An OpenAPI 3.1 document, as far as it is looked into here. */
export interface OpenApiDocument {
  readonly paths: Paths;
  readonly components?: Components;
}

/** What the gateway itself says, when a service does not or before it is asked. */
const ofTheGateway = {
  429: 'Too many requests within a minute; Retry-After says when the next may come',
  502: 'The service broke off its answer; what was asked may have been done',
  503: 'The service is unavailable',
  504: 'The service did not answer in time; what was asked may have been done',
} as const;

/**
 * The document of all that is forwarded: the services' own, one after the other, and what this gateway answers in their
 * place when they can't.
 */
export function mergedDocument(documents: ReadonlyMap<ServiceName, OpenApiDocument>): object {
  const parts = [...documents].map(([service, document]) => forwardedPart(service, withOwnNames(service, document)));
  const kinds = new Set(parts.flatMap(({ components = {} }) => Object.keys(components)));
  return {
    openapi: '3.1.0',
    info: {
      title: 'Shop',
      version: '1',
      description: 'Every route of every service under one address. GraphQL is at `/graphql`.',
    },
    paths: Object.assign({}, ...parts.map(({ paths }) => paths)) as Paths,
    components: Object.fromEntries(
      [...kinds].map((kind) => [kind, Object.assign({}, ...parts.map(({ components }) => components?.[kind]))]),
    ),
  };
}

function forwardedPart(service: ServiceName, { paths, components }: OpenApiDocument): OpenApiDocument {
  const forwarded = Object.entries(paths).flatMap(([path, operations]) => {
    const kept = Object.entries(operations).filter(([method]) => isForwarded(service, method, path));
    const answered = kept.map(([method, operation]) => [method, withGatewaysAnswers(operation)] as const);
    return kept.length === 0 ? [] : [[path, Object.fromEntries(answered)] as const];
  });
  return { paths: Object.fromEntries(forwarded), ...(components && { components }) };
}

function isForwarded(service: ServiceName, method: string, path: string): boolean {
  const segments = path.split('/');
  return forwardedRoutes.some((route) => {
    const pattern = route.path.split('/');
    return (
      route.service === service &&
      route.methods.includes(method.toUpperCase()) &&
      pattern.length === segments.length &&
      pattern.every((part, index) => part.startsWith(':') || part === segments[index])
    );
  });
}

function withGatewaysAnswers(operation: Operation): Operation {
  const { responses = {} } = operation;
  const answers = Object.entries(ofTheGateway).map(([status, sentence]) => {
    // A service that says so itself, of another one that it needs.
    const own = responses[status];
    const said = own ? { ...own, description: `${own.description}; or: ${sentence}` } : refusal(sentence);
    return [status, status === '429' ? { ...said, headers: whenToTryAgain } : said] as const;
  });
  return { ...operation, responses: { ...responses, ...Object.fromEntries(answers) } };
}

/** As the services' documents have it: within one of OpenAPI 3.1 there is no `$schema`. */
const { $schema: _, ...refusalSchema } = z.toJSONSchema(errorBody);
const refusal = (description: string): Described => ({
  description,
  content: { 'application/json': { schema: refusalSchema } },
});

const whenToTryAgain = Object.fromEntries(
  Object.entries(retryAfter).map(([name, { description, ...schema }]) => [name, { description, schema }]),
);

/** Two services may mean different things by one name, but for the way to sign in. */
function withOwnNames(service: ServiceName, document: OpenApiDocument): OpenApiDocument {
  const { components = {}, ...rest } = document;
  const own = Object.entries(components)
    .filter(([kind]) => kind !== 'securitySchemes')
    .flatMap(([kind, named]) => Object.keys(named).map((name) => `#/components/${kind}/${name}`));
  const renamed = JSON.stringify({ ...rest, components }, (key, value: unknown) =>
    key === '$ref' && own.includes(String(value))
      ? String(value).replace(/[^/]+$/, (name) => `${service}.${name}`)
      : value,
  );
  const parsed = JSON.parse(renamed) as Required<OpenApiDocument>;
  return {
    ...parsed,
    components: Object.fromEntries(
      Object.entries(parsed.components).map(([kind, named]) => [
        kind,
        kind === 'securitySchemes'
          ? named
          : Object.fromEntries(Object.entries(named).map(([name, one]) => [`${service}.${name}`, one])),
      ]),
    ),
  };
}
