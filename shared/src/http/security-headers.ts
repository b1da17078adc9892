import helmet from '@fastify/helmet';
import type { FastifyInstance } from 'fastify';

/** For answers that no browser shows: nothing may be loaded for them, and nothing may frame them. */
export const apiPolicy = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'";

/** Swagger UI's page loads its own parts and nothing else; the images in its styles are data. */
export const swaggerPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

const YEAR_S = 365 * 24 * 60 * 60;

/**
 * helmet's headers for every answer, and a policy under which it loads nothing: a page brings its own. Only over HTTPS do
 * browsers heed Strict-Transport-Security (RFC 6797, section 8.1), so that only there it is said.
 */
export async function secureAnswers(app: FastifyInstance): Promise<void> {
  await app.register(helmet, { contentSecurityPolicy: false, strictTransportSecurity: false });
  app.addHook('onRequest', async ({ protocol }, reply) => {
    reply.header('content-security-policy', apiPolicy);
    if (protocol === 'https') reply.header('strict-transport-security', `max-age=${YEAR_S}`);
  });
}
