import { type AppError, badInput } from '@shop/shared/errors/app-error';

/** The error of an operation that asks for more than it may: the limit as a sentence, and what went beyond it. */
export function tooMuch(limit: string, field = 'query'): AppError {
  return badInput(`the query asks for too much: ${limit}`, field);
}
