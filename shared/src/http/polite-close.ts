import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { FastifyInstance, FastifyReply } from 'fastify';

/** Answers that may be given before the body has come, whose framing is sound. */
const BEFORE_THE_BODY: ReadonlySet<number> = new Set([401, 403, 404, 405, 413, 415, 429]);

/**
 * While the server closes, every answer says `Connection: close`: a client that went on over the same connection would
 * find it closed, and could not tell whether its request was heard.
 *
 * Until then, no connection is closed on a client that still sends a body which nobody wants: what it sends would meet a closed
 * socket, whose reset takes the answer away from it (RFC 9112, section 9.6). The rest is read and thrown away, for as long as a
 * request may take to arrive; a client that asked for the close has it then.
 */
export function closePolitely(app: FastifyInstance): void {
  let closing = false;
  app.addHook('preClose', async () => void (closing = true));
  app.addHook('onSend', async (request, reply) => {
    if (closing) reply.header('connection', 'close');
    else if (BEFORE_THE_BODY.has(reply.statusCode) && !request.raw.complete) readOff(request.raw, reply);
  });
}

function readOff(request: IncomingMessage, reply: FastifyReply): void {
  reply.removeHeader('connection');
  request.resume();
  if (reply.raw.shouldKeepAlive) return;
  // Else Node closes with the last byte of the answer, whatever is still to come.
  reply.raw.shouldKeepAlive = true;
  const parts = [once(request, 'close'), once(reply.raw, 'close')];
  void Promise.allSettled(parts).then(() => request.socket.end());
}
