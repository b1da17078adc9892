import { z } from 'zod';

/** An id in a path: a whole number from 1 to 2^53-1, else 400 `invalid id`. */
export const pathId = z
  .string()
  .regex(/^[1-9]\d{0,15}$/, 'invalid id')
  .meta({ examples: ['1'] })
  .transform(Number)
  .refine(Number.isSafeInteger, 'invalid id');

/** `/things/:id` */
export const idParams = z.object({ id: pathId });

const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 500;

const wholeNumber = (name: string, least: number, example: string) =>
  z
    .string()
    .regex(/^\d{1,15}$/, `${name} must be a whole number`)
    .meta({ examples: [example] })
    .transform(Number)
    .refine((value) => value >= least, `${name} must be ${least} or more`);

/** The header of a REST list that says how long the whole of it is. */
export const totalCount = {
  'x-total-count': { type: 'integer', minimum: 0, description: 'How many there are, on all pages' },
} as const;

/** `?limit` (100 unless told, 500 at most: more is taken as 500) and `&offset` of a REST list. */
export const listQuery = z.object({
  limit: wholeNumber('limit', 1, '20')
    .transform((limit) => Math.min(limit, MAX_LIMIT))
    .default(DEFAULT_LIMIT),
  offset: wholeNumber('offset', 0, '0').default(0),
});
export type ListQuery = z.output<typeof listQuery>;
