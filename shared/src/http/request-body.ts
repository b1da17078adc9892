import { MIMEType } from 'node:util';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { AppError, badInput } from '../errors/app-error.js';

/** `application/json`, a type that is built on it (RFC 6839, section 3.1), and what some clients call it. */
const JSON_TYPE = /^(?:application\/(?:json|[^/]+\+json)|text\/json)$/;

/**
 * Bodies are JSON in UTF-8, as they are, also where no content type says so; any other is 415. An empty one is no body,
 * whatever its content type.
 */
export function acceptJsonBodies(app: FastifyInstance): void {
  const parse = jsonParser(app);
  app.removeContentTypeParser(['application/json', 'text/plain']);
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (request, body: Buffer, done) => {
    if (body.length === 0 || request.is404) return done(null, undefined);
    const refusal = refusalOf(request);
    return refusal ? done(refusal) : parse(request, body, done);
  });
}

type Parsed = (error: Error | null, value?: unknown) => void;

/**
 * Reads JSON text (RFC 8259, section 8.1: it is UTF-8), refusing what is none by 400. Keys that reach prototypes are left
 * out, as all unknown ones are.
 */
export function jsonParser(app: FastifyInstance): (request: FastifyRequest, body: Buffer, done: Parsed) => void {
  const parse = app.getDefaultJsonParser('remove', 'remove');
  const utf8 = new TextDecoder('utf-8', { fatal: true });
  return (request, body, done) => {
    let text: string;
    try {
      text = utf8.decode(body);
    } catch {
      return done(badInput('the body is not in UTF-8'));
    }
    return parse(request, text, done);
  };
}

/** Why a body can't be read as it came; null when it can. */
function refusalOf({ headers }: FastifyRequest): AppError | null {
  const encoding = headers['content-encoding']?.trim().toLowerCase() ?? '';
  // Fastify has refused before what is no content type.
  const type = new MIMEType(headers['content-type'] ?? 'application/json');
  if (!JSON_TYPE.test(type.essence)) return unsupported('the content type is not supported');
  if (encoding !== '' && encoding !== 'identity') return unsupported('the content encoding is not supported');
  const charset = type.params.get('charset') ?? 'utf-8';
  return /^(?:utf-?8|us-ascii)$/i.test(charset) ? null : unsupported('the charset is not supported: JSON is UTF-8');
}

const unsupported = (message: string) => new AppError('BAD_USER_INPUT', message, { status: 415 });
