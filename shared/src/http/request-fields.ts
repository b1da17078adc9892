import { z } from 'zod';

/** An id in a path: a whole number from 1 to 2^53-1, else 400 `invalid id`. */
export const pathId = z
  .string()
  .regex(/^[1-9]\d{0,15}$/, 'invalid id')
  .transform(Number)
  .refine(Number.isSafeInteger, 'invalid id');

/** `/things/:id` */
export const idParams = z.object({ id: pathId });

const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 500;

const wholeNumber = (least: number) =>
  z
    .string()
    .regex(/^\d{1,15}$/, 'must be a whole number')
    .transform(Number)
    .refine((value) => value >= least, `must be ${least} or more`);

/** `?limit` (100 unless told, 500 at most: more is taken as 500) and `&offset` of a REST list. */
export const listQuery = z.object({
  limit: wholeNumber(1)
    .transform((limit) => Math.min(limit, MAX_LIMIT))
    .default(DEFAULT_LIMIT),
  offset: wholeNumber(0).default(0),
});
export type ListQuery = z.output<typeof listQuery>;
