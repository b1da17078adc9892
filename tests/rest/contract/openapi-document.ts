import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { RestAnswer } from './rest-client.js';

interface Described {
  readonly description?: string;
  readonly headers?: Readonly<Record<string, { readonly schema: object }>>;
  readonly content?: Readonly<Record<string, { readonly schema: object }>>;
}

interface Media {
  readonly example?: unknown;
  readonly examples?: Readonly<Record<string, { readonly value: unknown }>>;
}

interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly example?: string;
  readonly schema: { readonly examples?: readonly string[] };
}

export interface Operation {
  readonly security?: readonly object[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, Media>> };
  readonly responses: Readonly<Record<string, Described>>;
}

/** What every HTTP answer has, and what the gateway, as the one that browsers talk to, puts on all of its own. */
const ofTransport = /^(?:date|connection|keep-alive|content-type|content-length|transfer-encoding|x-request-id)$/;
const ofGateway =
  /^(?:cross-origin-.+|origin-agent-cluster|referrer-policy|x-(?:content-type|dns-prefetch|download|frame|permitted-cross|xss).*|content-security-policy|vary|access-control-.+)$/;

/** A header that says something of the answer itself. */
export const isOfAnswer = (name: string): boolean => !ofTransport.test(name) && !ofGateway.test(name);

/** A service's OpenAPI 3.1 document, as it serves it, and the judge of its answers. */
export class OpenApiDocument {
  private readonly ajv = addFormats.default(new Ajv2020({ allErrors: true, strict: false }));
  private readonly validators = new Map<object, ValidateFunction>();

  /** By `METHOD /path/{id}`. */
  readonly operations: ReadonlyMap<string, Operation>;

  private constructor(paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>) {
    this.operations = new Map(
      Object.entries(paths).flatMap(([path, methods]) =>
        Object.entries(methods).map(([method, operation]) => [`${method.toUpperCase()} ${path}`, operation] as const),
      ),
    );
  }

  static async of(origin: string): Promise<OpenApiDocument> {
    const document = (await (await fetch(`${origin}/swagger/json`)).json()) as {
      openapi: string;
      paths: Record<string, Record<string, Operation>>;
    };
    if (!document.openapi.startsWith('3.1.'))
      throw new Error(`${origin} describes itself in OpenAPI ${document.openapi}`);
    return new OpenApiDocument(document.paths);
  }

  operation(route: string): Operation {
    const operation = this.operations.get(route);
    if (!operation) throw new Error(`the document has no ${route}`);
    return operation;
  }

  /** What the document doesn't say, or says otherwise, of an answer; nothing for an answer that is described. */
  objections(route: string, { status, headers, text }: RestAnswer): string[] {
    const described = this.operation(route).responses[status];
    if (!described) return [`${route} has no status ${status}`];
    return [...this.bodyObjections(described, headers, text), ...this.headerObjections(described, headers)];
  }

  private bodyObjections({ content }: Described, headers: Readonly<Record<string, string>>, text: string): string[] {
    if (!content) return text === '' ? [] : [`the body should be empty: ${text}`];
    const type = headers['content-type']?.split(';')[0] ?? 'nothing';
    const media = content[type];
    return media
      ? this.violations(media.schema, JSON.parse(text), 'body')
      : [`the content type ${type} is not described`];
  }

  private headerObjections(
    { headers: described = {} }: Described,
    headers: Readonly<Record<string, string>>,
  ): string[] {
    const unknown = Object.keys(headers).filter((name) => isOfAnswer(name) && !(name in described));
    const wrong = Object.entries(described).flatMap(([name, { schema }]) => {
      const value = headers[name];
      if (value === undefined) return [`the header ${name} is missing`];
      const typed = 'type' in schema && schema.type === 'integer' ? Number(value) : value;
      return this.violations(schema, typed, name);
    });
    return [...unknown.map((name) => `the header ${name} is not described`), ...wrong];
  }

  private violations(schema: object, value: unknown, what: string): string[] {
    const validate = this.validators.get(schema) ?? this.ajv.compile(schema);
    this.validators.set(schema, validate);
    if (validate(value)) return [];
    return (validate.errors ?? []).map(
      ({ instancePath, message }) => `${what}${instancePath} ${message}: ${JSON.stringify(value)}`,
    );
  }
}

/** The examples of an operation's body, in order. */
export function bodyExamples({ requestBody }: Operation): unknown[] {
  return Object.values(requestBody?.content ?? {}).flatMap(({ example, examples }) => [
    ...(example === undefined ? [] : [example]),
    ...Object.values(examples ?? {}).map(({ value }) => value),
  ]);
}

/** The example of each parameter of an operation, by where it goes. What a path needs has to have one. */
export function parameterExamples({ parameters = [] }: Operation, place: Parameter['in']): Record<string, string> {
  const examples = parameters
    .filter((parameter) => parameter.in === place)
    .map(({ name, example, schema }) => [name, example ?? schema.examples?.[0]] as const);
  const [lacking] = examples.find(([, value]) => value === undefined && place === 'path') ?? [];
  if (lacking) throw new Error(`the parameter ${lacking} has no example`);
  return Object.fromEntries(examples.filter((entry): entry is [string, string] => entry[1] !== undefined));
}
