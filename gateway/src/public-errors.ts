import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { type ErrorCode, httpStatus } from '@shop/shared/errors/app-error';
import { formatGraphqlError } from '@shop/shared/graphql/graphql-errors';

/** The one sentence for a subgraph that can't be reached, or does not answer as one. */
export const PART_AWAY = 'a part of the answer is not available now';

const HINT = ' Did you mean ';

/**
 * What a client sees of an error. A subgraph's error keeps its sentence if its code is one of the contract's closed set;
 * of anything else only that something went wrong: no names of subgraphs, stacks or texts of libraries.
 */
export function publicError(formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError {
  const { code, field, serviceName } = formatted.extensions ?? {};
  if (serviceName === undefined) return formatGraphqlError(formatted, error);
  if (!isErrorCode(code) || code === 'INTERNAL_SERVER_ERROR') return formatGraphqlError(withoutCode(formatted), null);
  const { message, path } = formatted;
  return { message, ...(path && { path }), extensions: { code, ...(typeof field === 'string' && { field }) } };
}

/** The same without what graphql suggests instead of a name that it does not know, which tells of what it does know. */
export function publicErrorWithoutHints(formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError {
  // Before the sentence is cut: what is left of a hint then is none that could be told.
  return publicError({ ...formatted, message: withoutHint(formatted.message) }, error);
}

/** A hint stands at the end; a subgraph may have cut it. */
function withoutHint(sentence: string): string {
  const hint = sentence.lastIndexOf(HINT);
  return hint >= 0 && /(?:\?|\.\.\.)$/.test(sentence) ? sentence.slice(0, hint) : sentence;
}

/** The same for an error that is thrown or comes from the plan's executor. */
export function toPublicError(error: unknown): GraphQLFormattedError {
  return publicError(error instanceof GraphQLError ? error.toJSON() : { message: '' }, error);
}

/** An error made public, as the object that graphql-ws wants to be handed. */
export class PublicGraphqlError extends GraphQLError {
  constructor(private readonly formatted: GraphQLFormattedError) {
    super(formatted.message, { extensions: formatted.extensions });
  }

  override toJSON(): GraphQLFormattedError {
    return this.formatted;
  }
}

/** An error of the closed set, made here. */
export function errorOf(code: ErrorCode, message: string): GraphQLFormattedError {
  return { message, extensions: { code } };
}

/** The HTTP status of an answer that is nothing but this error. */
export function statusOf(error: GraphQLFormattedError | undefined): number {
  const code = error?.extensions?.['code'];
  return isErrorCode(code) ? httpStatus[code] : httpStatus.INTERNAL_SERVER_ERROR;
}

function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(httpStatus, code);
}

function withoutCode({ message, path }: GraphQLFormattedError): GraphQLFormattedError {
  return { message, ...(path && { path }) };
}
