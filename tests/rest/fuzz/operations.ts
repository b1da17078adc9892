/** As much of a JSON schema as makes a value that is likely to be accepted. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
}

/** One route of a service, as its OpenAPI document has it. */
export interface Operation {
  readonly method: string;
  /** `/orders/{id}` */
  readonly path: string;
  readonly query: readonly string[];
  readonly headers: readonly string[];
  readonly body: Schema | undefined;
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, DocumentedOperation>>>>;
  readonly components?: { readonly schemas?: Readonly<Record<string, Schema>> };
}
interface DocumentedOperation {
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
  readonly requestBody?: { readonly content?: Readonly<Record<string, { readonly schema?: Schema }>> };
}

/** The routes that a service describes at `/swagger/json`. */
export async function operationsOf(origin: string): Promise<Operation[]> {
  const document = (await (await fetch(`${origin}/swagger/json`)).json()) as Document;
  const resolve = (schema: Schema): Schema =>
    schema.$ref ? resolve(document.components?.schemas?.[schema.$ref.split('/').at(-1) ?? ''] ?? {}) : schema;
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { parameters = [], requestBody }]) => {
      const named = (place: string) => parameters.filter((one) => one.in === place).map(({ name }) => name);
      const body = requestBody?.content?.['application/json']?.schema;
      return {
        method: method.toUpperCase(),
        path,
        query: named('query'),
        headers: named('header'),
        body: body && deep(body, resolve),
      };
    }),
  );
}

/** A schema without references. The documents have no recursive ones. */
function deep(schema: Schema, resolve: (schema: Schema) => Schema): Schema {
  const { anyOf, oneOf, items, properties, ...rest } = resolve(schema);
  const each = (schemas: readonly Schema[]) => schemas.map((one) => deep(one, resolve));
  return {
    ...rest,
    ...(anyOf && { anyOf: each(anyOf) }),
    ...(oneOf && { oneOf: each(oneOf) }),
    ...(items && { items: deep(items, resolve) }),
    ...(properties && {
      properties: Object.fromEntries(Object.entries(properties).map(([name, one]) => [name, deep(one, resolve)])),
    }),
  };
}
