import type { FastifyInstance } from 'fastify';
import { type ServiceIdentity, signServiceToken, verifyServiceToken } from '../auth/service-identity.js';

/** The header by which the gateway proves to a service that it is the gateway. */
const PROOF = 'x-gateway-identity';
const TOLD = ['x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto'] as const;

const between = (secret: string, service: string): ServiceIdentity => ({
  secret,
  issuer: 'gateway',
  audience: service,
});

/** What the gateway sends to a service that shares this secret with it. */
export function gatewayProof(secret: string, service: string): Readonly<Record<string, string>> {
  return { [PROOF]: signServiceToken(between(secret, service)) };
}

/**
 * Lets only the gateway say where a request came from: what anybody else says of that is taken away before somebody reads
 * it. For a server that trusts proxies.
 */
export function believeGatewayAlone(app: FastifyInstance, secret: string, service: string): void {
  app.addHook('onRequest', async ({ raw: { headers } }) => {
    const proof = headers[PROOF];
    if (typeof proof === 'string' && isProof(proof, between(secret, service))) return;
    for (const name of TOLD) delete headers[name];
  });
}

function isProof(token: string, identity: ServiceIdentity): boolean {
  try {
    verifyServiceToken(token, identity);
    return true;
  } catch {
    return false;
  }
}
