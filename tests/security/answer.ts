/** What an operation was answered. */
export interface Answer {
  readonly status: number;
  readonly data?: unknown;
  readonly errors: readonly GraphqlFault[];
  /** All of it, as it came. */
  readonly text: string;
}

interface GraphqlFault {
  readonly path?: readonly (string | number)[];
  readonly extensions?: { readonly code?: string };
}

/** What became of one field: seen, nothing (null, or none in the list), or the code of what was answered instead. */
export type Outcome = string;
export const SEEN: Outcome = 'seen';
export const NOTHING: Outcome = 'nothing';

/**
 * What became of the field at a place. Of several things at one place, one that is seen is enough. An error belongs to its
 * own field, to all that is within, and, where it made a null of what it was in, to all that would have been in that.
 */
export function outcomeAt({ status, data, errors }: Answer, path: readonly string[]): Outcome {
  if (isSeen(data, path)) return SEEN;
  if (data === undefined || data === null) return errors[0] ? codeOf(errors[0]) : String(status);
  const lost = lostAt(data, path);
  const fault = errors.find((error) => {
    const place = namesOf(error);
    return isWithin(path, place) || isWithin(place, path.slice(0, lost));
  });
  return fault ? codeOf(fault) : NOTHING;
}

function isSeen(value: unknown, path: readonly string[]): boolean {
  if (Array.isArray(value)) return value.some((element) => isSeen(element, path));
  if (value === null || value === undefined) return false;
  const [name, ...rest] = path;
  return name === undefined || isSeen((value as Record<string, unknown>)[name], rest);
}

/** How many steps of a path lead to where the first null, or empty list, is. */
function lostAt(value: unknown, path: readonly string[], taken = 0): number {
  if (Array.isArray(value)) return Math.max(taken, ...value.map((element) => lostAt(element, path, taken)));
  const [name, ...rest] = path;
  if (value === null || value === undefined || name === undefined) return taken;
  return lostAt((value as Record<string, unknown>)[name], rest, taken + 1);
}

const isWithin = (path: readonly string[], outer: readonly string[]): boolean =>
  outer.length <= path.length && outer.every((name, index) => path[index] === name);

/** An error's place, without the positions in lists. */
function namesOf({ path = [] }: GraphqlFault): string[] {
  return path.filter((step): step is string => typeof step === 'string');
}

const codeOf = ({ extensions }: GraphqlFault): string => extensions?.code ?? 'an error without a code';
