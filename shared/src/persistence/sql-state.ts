import { causesOf } from '../errors/causes.js';

const UNIQUE_VIOLATION = '23505';

/** The SQLSTATE of a database error, through whatever wraps it. */
export function sqlState(error: unknown): string | undefined {
  for (const current of causesOf(error)) {
    if ('code' in current && typeof current.code === 'string' && /^[0-9A-Z]{5}$/.test(current.code))
      return current.code;
  }
  return undefined;
}

/**
 * Whether PostgreSQL could not read a statement, as with a NUL in a text, which ends it too early (raised by its
 * pqformat.c). A pooler says the same "protocol violation" of troubles of its own, which pass, and names no source.
 */
export function isUnreadable(error: unknown): boolean {
  for (const current of causesOf(error))
    if ('code' in current && current.code === '08P01') return 'file' in current && current.file === 'pqformat.c';
  return false;
}

/** PostgreSQL's "invalid SQL statement name": of a statement that it knows nothing of. */
const UNKNOWN_STATEMENT = '26000';

/**
 * Whether a statement is to be read again: it was before what its rows look like has changed (raised by PostgreSQL's plancache.c), or
 * the server has lost it.
 */
export function isStalePlan(error: unknown): boolean {
  for (const current of causesOf(error))
    if ('code' in current && current.code === '0A000') return 'file' in current && current.file === 'plancache.c';
  return sqlState(error) === UNKNOWN_STATEMENT;
}

/** Whether a unique constraint of that name was violated. */
export function isViolationOf(error: unknown, constraint: string): boolean {
  for (const current of causesOf(error))
    if ('constraint' in current && current.constraint === constraint) return sqlState(current) === UNIQUE_VIOLATION;
  return false;
}
