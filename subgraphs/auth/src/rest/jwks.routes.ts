import type { Door } from '@shop/shared/http/web-server';
import type { SigningKeys } from '../tokens/signing-keys.js';

/** Where every service finds the keys that prove a token (RFC 7517). */
export function jwksRoutes(keys: SigningKeys): Door {
  return (app) => {
    app.get('/.well-known/jwks.json', { schema: { hide: true } as never }, (_request, reply) =>
      reply.header('cache-control', 'public, max-age=300').send(keys.jwks),
    );
  };
}
