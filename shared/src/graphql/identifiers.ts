import { badInput } from '../errors/app-error.js';
import { isUuid } from '../text/uuid.js';

/** How an id is written; the highest ones of this length are past 2^53-1. */
export const ID_PATTERN = /^[1-9]\d{0,15}$/;

/**
 * A GraphQL id, or an entity's key, as the REST id it stands for: a whole number from 1 to 2^53-1, as text or, as
 * GraphQL's ID allows (specification of October 2021, section 3.5.5), as a number. Null for anything else.
 */
export function numericId(id: unknown): number | null {
  const text = typeof id === 'number' ? String(id) : id;
  if (typeof text !== 'string' || !ID_PATTERN.test(text)) return null;
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : null;
}

/** A GraphQL id as its REST id. BAD_USER_INPUT with the argument for what can be none. */
export function requiredId(id: string, argument: string): number {
  return numericId(id) ?? invalid(argument);
}

/** A GraphQL id as a uuid in lower case. BAD_USER_INPUT with the argument for what is none. */
export function requiredUuid(id: string, argument: string): string {
  return isUuid(id) ? id.toLowerCase() : invalid(argument);
}

function invalid(argument: string): never {
  throw badInput('invalid id', argument);
}
