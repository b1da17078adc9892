import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';
import helmet from 'helmet';

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
export function secureAnswers(app: FastifyInstance): void {
  const headers = { ...headersOfHelmet(), 'content-security-policy': apiPolicy };
  app.addHook('onRequest', ({ protocol }, reply, next) => {
    void reply.headers(headers);
    if (protocol === 'https') void reply.header('strict-transport-security', `max-age=${YEAR_S}`);
    next();
  });
}

/** They are the same for every request, and asked for once: it would make twelve middlewares anew for each. */
function headersOfHelmet(): Record<string, string> {
  const headers: Record<string, string> = {};
  const response = {
    setHeader: (name: string, value: string) => void (headers[name.toLowerCase()] = value),
    removeHeader: () => undefined,
  };
  const say = helmet({ contentSecurityPolicy: false, strictTransportSecurity: false });
  say({} as IncomingMessage, response as unknown as ServerResponse, (error) => {
    if (error) throw error as Error;
  });
  return headers;
}
