import { z } from 'zod';
import { badInput } from '@shop/shared/errors/app-error';

/** One operation that can be run. */
export interface OperationRequest {
  readonly query: string;
  readonly operationName?: string | undefined;
  readonly variables?: Record<string, unknown> | undefined;
}

/** One operation as it is sent over any transport: its text, or what it is known by, or both. */
export interface SentOperation extends Omit<OperationRequest, 'query'> {
  readonly query?: string | undefined;
  /** The SHA-256 of its text, or its id in a list, in hexadecimal digits. */
  readonly persisted?: string | undefined;
}

/** Apollo's `extensions.persistedQuery`, of which there is one version. */
const persistedQuery = z.object({ version: z.literal(1), sha256Hash: z.string().min(1).max(256) });

const format = z
  .object({
    query: z.string().nullish(),
    operationName: z.string().nullish(),
    variables: z.record(z.string(), z.unknown()).nullish(),
    extensions: z.object({ persistedQuery: persistedQuery.nullish() }).nullish(),
  })
  .refine(({ query, extensions }) => query || extensions?.persistedQuery, { path: ['query'] });

/** Whether a body, or parameters, may be an operation: whether there is anything that says which. */
export function namesOperation(sent: unknown): boolean {
  return typeof sent === 'object' && sent !== null && ('query' in sent || 'extensions' in sent);
}

/** Reads a request's body. Throws BAD_USER_INPUT with the field at fault. */
export function readOperationRequest(body: unknown): SentOperation {
  const parsed = format.safeParse(body);
  if (!parsed.success) {
    const field = parsed.error.issues[0]?.path.join('.');
    throw badInput('send an operation: a query, and its variables as an object', field || undefined);
  }
  const { query, operationName, variables, extensions } = parsed.data;
  return {
    query: query || undefined,
    operationName: operationName ?? undefined,
    variables: variables ?? undefined,
    persisted: extensions?.persistedQuery?.sha256Hash,
  };
}

/** Reads an operation from a URL's query string, in which variables and extensions are JSON. Throws BAD_USER_INPUT. */
export function readOperationParameters(parameters: Readonly<Record<string, unknown>>): SentOperation {
  const { variables, extensions, ...others } = parameters;
  return readOperationRequest({
    ...others,
    variables: jsonOf(variables, 'variables'),
    extensions: jsonOf(extensions, 'extensions'),
  });
}

function jsonOf(text: unknown, name: string): unknown {
  if (text === undefined || text === '') return undefined;
  try {
    return JSON.parse(String(text));
  } catch {
    throw badInput(`the ${name} are not valid JSON`, name);
  }
}
