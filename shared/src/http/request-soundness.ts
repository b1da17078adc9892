import type { IncomingMessage } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { badInput } from '../errors/app-error.js';

/**
 * Refuses what another server on the way may have read as another request (RFC 9112, sections 3.2 and 6.1), which Node
 * lets pass or refuses without a word. Its connection is closed.
 */
export function refuseUnsoundRequests(app: FastifyInstance): void {
  app.addHook('onRequest', ({ raw }, reply, next) => {
    const fault = faultOf(raw);
    if (fault === null) return next();
    void reply.header('connection', 'close');
    next(badInput(fault));
  });
}

function faultOf({ headers, rawHeaders, httpVersion }: IncomingMessage): string | null {
  if (headers.host === undefined && httpVersion === '1.1') return 'the Host header is missing';
  // `headers` has only the first of several.
  const hosts = rawHeaders.filter((text, index) => index % 2 === 0 && text.toLowerCase() === 'host');
  if (hosts.length > 1) return 'there is more than one Host header';
  const coding = headers['transfer-encoding']?.trim().toLowerCase() ?? 'chunked';
  return coding === 'chunked' ? null : 'the transfer encoding is not supported';
}
