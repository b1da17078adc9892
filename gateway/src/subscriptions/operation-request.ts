import { z } from 'zod';
import { badInput } from '@shop/shared/errors/app-error';

/** One operation as it is sent over any transport. */
export interface OperationRequest {
  readonly query: string;
  readonly operationName?: string | undefined;
  readonly variables?: Record<string, unknown> | undefined;
}

const format = z.object({
  query: z.string(),
  operationName: z.string().nullish(),
  variables: z.record(z.string(), z.unknown()).nullish(),
});

/** Reads a request's body. Throws BAD_USER_INPUT with the field at fault. */
export function readOperationRequest(body: unknown): OperationRequest {
  const parsed = format.safeParse(body);
  if (!parsed.success) {
    const field = parsed.error.issues[0]?.path.join('.');
    throw badInput('send an operation: a query, and its variables as an object', field || undefined);
  }
  const { query, operationName, variables } = parsed.data;
  return { query, operationName: operationName ?? undefined, variables: variables ?? undefined };
}

/** Reads an operation from a URL's query string, in which the variables are JSON. Throws BAD_USER_INPUT. */
export function readOperationParameters(parameters: Readonly<Record<string, unknown>>): OperationRequest {
  const { variables, ...others } = parameters;
  return readOperationRequest({ ...others, variables: jsonOf(variables) });
}

function jsonOf(text: unknown): unknown {
  if (text === undefined || text === '') return undefined;
  try {
    return JSON.parse(String(text));
  } catch {
    throw badInput('the variables are not valid JSON', 'variables');
  }
}
