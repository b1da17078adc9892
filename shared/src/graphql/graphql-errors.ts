import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { unwrapResolverError } from '@apollo/server/errors';
import { fieldAtFault } from './field-at-fault.js';
import { httpStatus } from '../errors/app-error.js';
import { publicErrorOf } from '../errors/public-error.js';

/** Codes that @apollo/server and graphql give to a client's mistakes. */
const CLIENT_MISTAKES = new Set([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'OPERATION_RESOLUTION_FAILURE',
  'PERSISTED_QUERY_NOT_FOUND',
  'PERSISTED_QUERY_NOT_SUPPORTED',
  'BAD_REQUEST',
  'BAD_USER_INPUT',
]);

/** Characters of a sentence. graphql quotes what was wrong, in full, and once for each mistake in it. */
const LONGEST_SENTENCE = 500;

/** What a client sees of an error: one sentence, its place, and a code of the closed set. Never a stack or an SQL text. */
export function formatGraphqlError(formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError {
  const { locations, path } = formatted;
  const place = { ...(locations && { locations }), ...(path && { path }) };
  const original = unwrapResolverError(error);
  const known = publicErrorOf(original);
  if (known) {
    const extensions = { code: known.code, ...(known.field !== undefined && { field: known.field }) };
    return { message: known.message, ...place, extensions };
  }
  const code = formatted.extensions?.['code'];
  const sentence = shortened(formatted.message);
  if (typeof code === 'string' && code in httpStatus && code !== 'INTERNAL_SERVER_ERROR') {
    const field = formatted.extensions?.['field'] ?? (code === 'BAD_USER_INPUT' ? fieldOf(original) : undefined);
    return { message: sentence, ...place, extensions: { code, ...(field !== undefined && { field }) } };
  }
  if (isClientMistake(original, code)) {
    const field = fieldOf(original);
    const extensions = { code: 'BAD_USER_INPUT', ...(field !== undefined && { field }) };
    return { message: sentence, ...place, extensions };
  }
  return { message: 'internal error', ...place, extensions: { code: 'INTERNAL_SERVER_ERROR' } };
}

/** The beginning of a sentence that is too long, without half a character at its end. */
function shortened(sentence: string): string {
  if (sentence.length <= LONGEST_SENTENCE) return sentence;
  return `${sentence.slice(0, LONGEST_SENTENCE - 3).replace(/[\ud800-\udbff]$/, '')}...`;
}

/** Only for what is found before anything runs: an error of a resolver, with a path, has a field if it says so. */
function fieldOf(error: unknown): string | undefined {
  return error instanceof GraphQLError && !error.path ? fieldAtFault(error) : undefined;
}

/** What graphql itself refuses (syntax, validation, variables) has no original error and no code of ours. */
function isClientMistake(original: unknown, code: unknown): boolean {
  if (CLIENT_MISTAKES.has(String(code))) return true;
  return code === undefined && original instanceof GraphQLError && !original.originalError && !original.path;
}

/** An error as the GraphQL error that carries it over a subscription. */
export function toGraphqlError(error: unknown): GraphQLError {
  const known = publicErrorOf(error);
  if (known) {
    const extensions = { code: known.code, ...(known.field !== undefined && { field: known.field }) };
    return new GraphQLError(known.message, { extensions });
  }
  return new GraphQLError('internal error', { extensions: { code: 'INTERNAL_SERVER_ERROR' } });
}
