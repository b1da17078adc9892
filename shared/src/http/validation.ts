import type { FastifySchemaCompiler } from 'fastify';
import type { z } from 'zod';
import { badInput } from '../errors/app-error.js';

type Issue = z.core.$ZodRawIssue;

/**
 * Makes zod schemas the validators of routes. What they refuse is BAD_USER_INPUT with the sentence that the schema has for
 * it, or with one of ours: zod's own words are not for clients.
 */
export const validatorCompiler: FastifySchemaCompiler<z.ZodType> =
  ({ schema, httpPart = 'request' }) =>
  (data: unknown) => {
    const result = schema.safeParse(data, { error: (issue) => sentenceOf(issue, httpPart) });
    if (result.success) return { value: result.data };
    const [first] = result.error.issues;
    return { error: badInput(first?.message ?? 'bad request', first?.path.join('.')) };
  };

/** What is wrong, in a sentence that names its field. */
function sentenceOf(issue: Issue, part: string): string {
  const field = issue.path?.length ? fieldOf(issue.path) : `the ${part}`;
  if (issue.code === 'invalid_type')
    return issue.input === undefined ? `${field} is required` : `${field} must be ${aKind(issue.expected)}`;
  if (issue.code === 'too_small') return `${field} must ${sizeOf(issue.origin)}${issue.minimum} or more`;
  if (issue.code === 'too_big') return `${field} must ${sizeOf(issue.origin)}${issue.maximum} or less`;
  if (issue.code === 'invalid_value') return `${field} must be one of ${issue.values.join(', ')}`;
  return `${field} is not valid`;
}

/** `items[2].price` */
function fieldOf(path: readonly PropertyKey[]): string {
  const steps = path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`));
  return steps.join('').replace(/^\./, '');
}

function sizeOf(origin: string): string {
  if (origin === 'string') return 'have a length of ';
  return origin === 'array' ? 'have a number of elements of ' : 'be ';
}

function aKind(expected: string): string {
  if (expected === 'int') return 'a whole number';
  return `${/^[aeiou]/.test(expected) ? 'an' : 'a'} ${expected}`;
}
