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

/** A version as `7`, `"7"` or the ETag `W/"7"`; `*` for any. */
const IF_MATCH = /^(?:\*|(?:W\/)?("?)[1-9]\d{0,14}\1)$/;

/** What a client sends to be told only what is new to it, or to change only what it knows. */
export const ifNoneMatch = z.object({
  'if-none-match': z.string().optional().describe('The ETags that the client has'),
});
export const ifMatch = z.object({
  'if-match': z
    .string()
    .regex(IF_MATCH, 'If-Match must be a version')
    .meta({ description: 'The version to change: `7`, or its ETag', examples: ['*'] })
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

/** The version of a well-formed `If-Match` header. Undefined without one, and for `*`. */
export function expectedVersion(header: string | undefined): number | undefined {
  const [digits] = /\d+/.exec(header ?? '') ?? [];
  return digits === undefined ? undefined : Number(digits);
}
