import type { FastifyInstance } from 'fastify';

/**
 * While the server closes, every answer says `Connection: close`: a client that went on over the same connection would
 * find it closed, and could not tell whether its request was heard.
 */
export function closePolitely(app: FastifyInstance): void {
  let closing = false;
  app.addHook('preClose', async () => void (closing = true));
  app.addHook('onSend', async (_request, reply) => {
    if (closing) reply.header('connection', 'close');
  });
}
