import { z } from 'zod';
import { ID_PATTERN, numericId } from '../graphql/identifiers.js';

/** Whole numbers arrive as text, and are described as what they are. */
const asInteger = { type: 'integer', pattern: undefined, minLength: undefined } as const;

const idText = (text: z.ZodString) =>
  text
    .regex(ID_PATTERN, 'invalid id')
    .meta({ ...asInteger, minimum: 1, maximum: Number.MAX_SAFE_INTEGER, examples: [1] })
    .refine((id) => numericId(id) !== null, 'invalid id')
    .transform(Number);

/** `/things/:id`: a whole number from 1 to 2^53-1, else 400 `invalid id`. */
export const idParams = z.object({ id: idText(z.string()) });

/** A query parameter. Repeated, it would be anybody's guess which one counts. */
const single = (name: string, missing?: string) =>
  z.string({ error: ({ input }) => (Array.isArray(input) ? `${name} must be given only once` : missing) });

/** `?id=N`, which has to be there: 400 `id query parameter required`, `invalid id`. */
export const idQuery = (() => {
  const missing = 'id query parameter required';
  return z.object({ id: idText(single('id', missing).min(1, missing)) });
})();

const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 500;

/** More than `most` is taken as `most`, however much more it is. */
const wholeNumber = (name: string, least: number, most: number, example: number, meta: object) =>
  single(name)
    .regex(/^\d+$/, `${name} must be a whole number`)
    .meta({ ...asInteger, ...meta, minimum: least, examples: [example] })
    .refine((text) => Number(text) >= least, `${name} must be ${least} or more`)
    .transform((text) => Math.min(Number(text), most));

/** The header of a REST list that says how long the whole of it is. */
export const totalCount = {
  'x-total-count': { type: 'integer', minimum: 0, description: 'How many there are, on all pages' },
} as const;

/** `?limit` (100 unless told, 500 at most: more is taken as 500) and `&offset` of a REST list. */
export const listQuery = z.object({
  limit: wholeNumber('limit', 1, MAX_LIMIT, 20, {
    default: DEFAULT_LIMIT,
    description: `How many at most; more than ${MAX_LIMIT} is taken as ${MAX_LIMIT}`,
  }).default(DEFAULT_LIMIT),
  offset: wholeNumber('offset', 0, Number.MAX_SAFE_INTEGER, 0, {
    default: 0,
    description: 'How many to leave out first',
  }).default(0),
});
/** `?since` and `&after`, times in milliseconds since 1970, which need not be there. */
export const newsQuery = z.object({
  since: wholeNumber('since', 0, Number.MAX_SAFE_INTEGER, 0, {
    description: 'Milliseconds since 1970; without it, from the oldest on that matter',
  }).optional(),
  after: wholeNumber('after', 0, Number.MAX_SAFE_INTEGER, 0, {
    description: 'Where the page before ended; it counts in place of `since`',
  }).optional(),
});
export type ListQuery = z.output<typeof listQuery>;
