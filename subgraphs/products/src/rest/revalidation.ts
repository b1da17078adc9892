import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';

/** The headers of an answer that can be revalidated. */
export const etag = {
  etag: { type: 'string', pattern: '^W/"[^"]+"$', description: 'For If-None-Match and If-Match' },
} as const;
export const revalidated = {
  ...etag,
  'cache-control': { type: 'string', enum: ['no-cache'], description: 'To be kept, but asked about at each use' },
} as const;

/** Whether the cache knew a product, or that there is none. */
export const cached = {
  'x-cache': { type: 'string', enum: ['HIT', 'MISS'], description: 'Whether the cache knew it' },
} as const;

/** A version as `7`, `"7"` or the ETag `W/"7"`. */
const VERSION = /^(?:W\/)?("?)(0|[1-9]\d*)\1$/;

/** What a client sends to be told only what is new to it, or to change only what it knows. */
export const ifNoneMatch = z.object({
  'if-none-match': z.string().optional().describe('The ETags that the client has'),
});
export const ifMatch = z.object({
  'if-match': z
    .string()
    .refine((header) => isAny(header) || versionsIn(header) !== null, 'If-Match must be a version')
    .meta({ description: 'The version to change: `7`, or its ETag; several with commas between', examples: ['*'] })
    .optional(),
});

/** The weak ETag of a product at a version. */
export const versionTag = (version: number) => `W/"${version}"`;

/** The weak ETag of any JSON value. */
export function contentTag(value: unknown): string {
  return `W/"${createHash('sha256').update(JSON.stringify(value)).digest('base64url').slice(0, 22)}"`;
}

/**
 * Marks an answer with its weak ETag. True when the client has that answer already: 304 is all it needs (RFC 9110,
 * section 13.1.2: If-None-Match compares weakly).
 */
export function isCurrentAtClient(request: FastifyRequest, reply: FastifyReply, tag: string): boolean {
  void reply.header('etag', tag).header('cache-control', 'no-cache');
  const known = request.headers['if-none-match'];
  if (known === undefined) return false;
  const opaque = (text: string) => text.trim().replace(/^W\//, '');
  return known.trim() === '*' || known.split(',').some((candidate) => opaque(candidate) === opaque(tag));
}

/**
 * The versions that a well-formed `If-Match` header allows (RFC 9110, section 13.1.1; a weak ETag counts as well, as all of
 * ours are). Undefined without one, and for `*`.
 */
export function expectedVersions(header: string | undefined): readonly number[] | undefined {
  return header === undefined || isAny(header) ? undefined : (versionsIn(header) ?? []);
}

const isAny = (header: string) => header.trim() === '*';

/** Null where one of the list is no version. Empty elements of a list count for nothing (RFC 9110, section 5.6.1). */
function versionsIn(header: string): number[] | null {
  const tags = header.split(',').map((tag) => tag.trim());
  const versions = tags.filter((tag) => tag !== '').map((tag) => Number(VERSION.exec(tag)?.[2]));
  return versions.length > 0 && versions.every(Number.isSafeInteger) ? versions : null;
}
