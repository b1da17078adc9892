import type { FastifyInstance, FastifyRequest } from 'fastify';
import { AppError } from '../errors/app-error.js';

const CHARSET = /;\s*charset\s*=\s*"?([^";\s]*)/i;

/**
 * Bodies are JSON in UTF-8, as they are; any other is 415. An empty one is no body, whatever its content type. Keys that
 * reach prototypes are left out, as all unknown ones are.
 */
export function acceptJsonBodies(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('remove', 'remove');
  app.removeContentTypeParser('text/plain');
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') return done(null, undefined);
    const refusal = refusalOf(request);
    if (refusal) return done(refusal);
    return parse(request, body as string, done);
  });
  app.addContentTypeParser('*', { parseAs: 'string' }, ({ is404 }, body, done) =>
    body === '' || is404 ? done(null, undefined) : done(unsupported('the content type is not supported')),
  );
}

/** Why a body can't be read as it came; null when it can. */
function refusalOf({ headers }: FastifyRequest): AppError | null {
  const encoding = headers['content-encoding']?.trim().toLowerCase() ?? '';
  if (encoding !== '' && encoding !== 'identity') return unsupported('the content encoding is not supported');
  const charset = CHARSET.exec(headers['content-type'] ?? '')?.[1] ?? 'utf-8';
  return /^(?:utf-?8|us-ascii)$/i.test(charset) ? null : unsupported('the charset is not supported: JSON is UTF-8');
}

const unsupported = (message: string) => new AppError('BAD_USER_INPUT', message, { status: 415 });
