import { z } from 'zod';
import { levelNamed } from './domain/level.js';

/** How long a call waits for its entry to be kept, in ms: then it is told to bring the entry again. */
export const ANSWER_WITHIN_MS = 4_000;

/** Something that may be missing, as null and an empty text also say: proto3 does not tell that from none. */
export const orNothing = <Schema extends z.ZodType>(schema: Schema) =>
  z.preprocess((value) => (value === '' || value === null ? undefined : value), schema.optional()).optional();

/** A level by any of its names, in any case. */
export const receivedLevel = z.string().transform((word, context) => {
  const level = levelNamed(word);
  if (level) return level;
  context.addIssue({ code: 'custom', message: 'level must be debug, info, warn or error' });
  return z.NEVER;
});

/** An instant, ISO 8601 with its offset from UTC. */
export const receivedTime = z.iso
  .datetime({ offset: true, error: 'the time must be as ISO 8601 writes it, such as 2026-01-02T03:04:05.678Z' })
  .transform((text) => new Date(text));
