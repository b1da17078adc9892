import type { FastifyInstance } from 'fastify';

const BODY_REFUSED: ReadonlySet<number> = new Set([413, 415]);

/**
 * While the server closes, every answer says `Connection: close`: a client that went on over the same connection would
 * find it closed, and could not tell whether its request was heard.
 *
 * Until then, no connection is closed on a client that still sends a body which was refused as too large, or of another
 * type: what it sends would meet a closed socket, whose reset takes the answer away from it (RFC 9112, section 9.6). The rest
 * is read and thrown away, for as long as a request may take to arrive.
 */
export function closePolitely(app: FastifyInstance): void {
  let closing = false;
  app.addHook('preClose', async () => void (closing = true));
  app.addHook('onSend', async (request, reply) => {
    if (closing) reply.header('connection', 'close');
    else if (BODY_REFUSED.has(reply.statusCode) && !request.raw.complete) {
      reply.removeHeader('connection');
      request.raw.resume();
    }
  });
}
