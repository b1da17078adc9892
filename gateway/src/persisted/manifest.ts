import { stripIgnoredCharacters } from 'graphql';
import { z } from 'zod';

/**
 * Apollo's manifest of persisted queries, as @apollo/generate-persisted-query-manifest writes it
 * (https://www.apollographql.com/docs/graphos/platform/security/persisted-queries).
 */
const format = z.object({
  format: z.literal('apollo-persisted-query-manifest'),
  version: z.literal(1),
  operations: z.array(z.object({ id: z.string().min(1), body: z.string().min(1) })),
});

/** Operations that may be run. */
export interface Safelist {
  /** Their texts, by their ids. */
  readonly byId: ReadonlyMap<string, string>;
  /** Their texts as `comparable` makes them. */
  readonly texts: ReadonlySet<string>;
}

/** Reads a manifest. Throws an error that says what is wrong with it, and where. */
export function readManifest(text: string): Safelist {
  const parsed = format.safeParse(JSON.parse(text));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new Error(`it is no Apollo manifest of version 1: ${issue?.path.join('.')}: ${issue?.message}`);
  }
  const byId = new Map<string, string>();
  const texts = new Set<string>();
  for (const { id, body } of parsed.data.operations) {
    if (byId.has(id)) throw new Error(`the id ${id} is there twice`);
    byId.set(id, body);
    const comparable = comparableText(body);
    if (comparable === null) throw new Error(`the operation ${id} is no GraphQL`);
    texts.add(comparable);
  }
  return { byId, texts };
}

/** A text without what does not matter between its tokens, in which clients differ; null when it is no GraphQL. */
export function comparableText(text: string): string | null {
  try {
    return stripIgnoredCharacters(text);
  } catch {
    return null;
  }
}
