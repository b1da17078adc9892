import type { ExecutionResult } from 'graphql';
import { decided, hashOf } from './hash.js';

/** How often what goes wrong: shares, from 0 to 1. */
export interface Faults {
  /** Of requests: the subgraph is not reached. */
  readonly away: number;
  /** Of fields: an error in place of a value. */
  readonly error: number;
  /** Of values: something else than the schema says. */
  readonly malformed: number;
  /** Of answers: no GraphQL answer to the request, though it may look like one. */
  readonly nonsense: number;
}

export const noFaults: Faults = { away: 0, error: 0, malformed: 0, nonsense: 0 };

type Variables = Readonly<Record<string, unknown>>;

/** What becomes of an answer on its way: the same of the same answer, whatever else was asked together with it. */
export function spoil(
  result: ExecutionResult,
  { malformed, nonsense }: Faults,
  about: readonly string[],
  { representations }: Variables,
): ExecutionResult {
  const { data, errors } = result;
  const changed = malformed > 0 && data ? spoilFields(data, malformed, about.slice(0, 3), '', representations) : data;
  const answer = { ...(errors && { errors }), data: changed } as ExecutionResult;
  return decided(nonsense, 'nonsense', ...about) ? nonsensical(answer, hashOf(...about), representations) : answer;
}

function spoilFields(object: object, share: number, about: readonly string[], path: string, items?: unknown) {
  const fields = Object.entries(object).flatMap(([name, value]): [string, unknown][] => {
    const place = `${path}.${name}`;
    if (decided(share / 2, 'missing', ...about, place)) return [];
    return [[name, spoilValue(value, share, about, place, name === '_entities' ? items : undefined)]];
  });
  const copy = Object.create(null) as Record<string, unknown>;
  for (const [name, value] of fields) copy[name] = value;
  return JSON.parse(JSON.stringify(copy)) as object;
}

function spoilValue(value: unknown, share: number, about: readonly string[], path: string, items?: unknown): unknown {
  if (items === undefined && decided(share, 'malformed', ...about, path))
    return malformedValue(value, hashOf(...about, path));
  if (Array.isArray(value))
    return value.map((item: unknown, index) => {
      // An entity is known by what it was asked by, wherever in the batch that was.
      const at = Array.isArray(items) ? JSON.stringify(items[index]) : index;
      return spoilValue(item, share, about, `${path}[${at}]`);
    });
  return typeof value === 'object' && value !== null ? spoilFields(value, share, about, path) : value;
}

function malformedValue(value: unknown, number: number): unknown {
  // A text where another is wanted: of an enum, say.
  if (typeof value === 'string' && number % 3 === 0) return 'Size';
  const others = [null, null, null, 5, 0.5, 'Size', '', true, [], [null], [[1]], {}, { __typename: 'Nothing' }, [{}]];
  if (typeof value === 'object' && value !== null && !Array.isArray(value) && number % 3 === 0) {
    const typenames = ['Nothing', 'Color', 7, null, '', 'T0', 'T1', 'Size', 'Node', 'Media'];
    return { ...value, __typename: typenames[number % typenames.length] };
  }
  return others[number % others.length];
}

function nonsensical(answer: ExecutionResult, number: number, representations: unknown): ExecutionResult {
  const entities = answer.data?.['_entities'];
  // What is wrong with one object is wrong with it wherever it is asked about.
  const asked = Array.isArray(representations) ? representations.map((one) => JSON.stringify(one)) : [];
  const [one] = asked.toSorted();
  const beside = asked.flatMap((text, index) =>
    text === one ? [{ message: 'beside', path: ['_entities', index, 'x'] }] : [],
  );
  const variants: unknown[] = [
    { data: null },
    {},
    { errors: [{ message: 'nothing at all' }] },
    { errors: [{ message: '' }], data: null },
    { errors: [{ message: 'a mistake', extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }] },
    { ...answer, errors: beside },
    { ...answer, errors: [{ message: 'elsewhere', path: ['_entities', 99, 'x', 2] }] },
    { ...answer, errors: [{ message: 'somewhere', path: ['x', 'y'] }] },
    { data: { _entities: null } },
    { data: { _entities: 'many' } },
    { data: { _entities: Array.isArray(entities) ? [...(entities as unknown[]), null] : [] } },
    { data: {} },
    { data: { __typename: 'Query' } },
  ];
  return variants[number % variants.length] as ExecutionResult;
}
