import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { FastifyInstance } from 'fastify';
import type { ServiceIdentity } from '../auth/service-identity.js';
import { StandingTokens } from '../auth/standing-tokens.js';

/** The header by which the gateway proves to a service that it is the gateway. */
const PROOF = 'x-gateway-identity';
const TOLD = ['x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto'] as const;

/** The gateway, as a service that shares this secret with it knows it. */
export const gatewayIdentity = (secret: string, service: string): ServiceIdentity => ({
  secret,
  issuer: 'gateway',
  audience: service,
});

/** A token of `gatewayIdentity`, as the gateway shows it. */
export const proofHeaders = (token: string): Readonly<Record<string, string>> => ({ [PROOF]: token });

/** Who may ask a service's `/graphql`. Nobody, unless it is told. */
export interface AccessSettings {
  /** `gateway`: the gateway alone. `open`: anybody. */
  readonly SUBGRAPH_ACCESS?: 'gateway' | 'open';
  /** What this service shares with the gateway alone. */
  readonly GATEWAY_SECRET?: string | undefined;
}

/** Tells the gateway from everybody else. */
export class SubgraphAccess {
  /** Whether `/graphql` answers anybody. */
  readonly isOpen: boolean;
  private readonly proofs: StandingTokens | undefined;

  constructor(service: string, { SUBGRAPH_ACCESS: access, GATEWAY_SECRET: secret }: AccessSettings = {}) {
    this.isOpen = access === 'open';
    this.proofs = secret === undefined ? undefined : new StandingTokens(gatewayIdentity(secret, service));
  }

  /** Whether who sends a request may ask `/graphql`. */
  admits(request: Pick<IncomingMessage, 'headers'>): boolean {
    return this.isOpen || this.isGateway(request.headers);
  }

  /** Lets only the gateway say where a request came from: what anybody else says of that is taken away before it is read. */
  believeGatewayAlone(app: FastifyInstance): void {
    app.addHook('onRequest', async ({ raw: { headers } }) => {
      if (this.isGateway(headers)) return;
      for (const name of TOLD) delete headers[name];
    });
  }

  private isGateway(headers: IncomingHttpHeaders): boolean {
    const proof = headers[PROOF];
    return typeof proof === 'string' && this.proofs !== undefined && this.proofs.accepts(proof);
  }
}
