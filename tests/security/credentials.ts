import { generateKeyPairSync, randomBytes } from 'node:crypto';
import jwt from 'jsonwebtoken';
import { gatewaySecretFor } from '@shop/shared/auth/gateway-secret';
import { signServiceToken } from '@shop/shared/auth/service-identity';
import type { ServiceName } from '@shop/shared/backing/roster';
import type { Caller } from './matrix/rules.js';
import { gatewayProof } from '../support/gateway-proof.js';

export type Headers = Readonly<Record<string, string>>;

const makeKey = () =>
  generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const makeSecret = () => randomBytes(32).toString('base64url');

/** The secrets of a shop that is under test: what it is started with, so that the test can speak for any of its services. */
export class ShopSecrets {
  private readonly signingKey = makeKey();
  private readonly orders = makeSecret();
  private readonly gateway = makeSecret();
  private readonly ingest = makeSecret();

  /** As the shop reads them. */
  get settings(): Readonly<Record<string, string>> {
    return {
      JWT_PRIVATE_KEY: this.signingKey,
      ORDERS_IDENTITY_SECRET: this.orders,
      GATEWAY_SECRET: this.gateway,
      INGEST_TOKEN: this.ingest,
    };
  }

  /** By which the gateway proves to a service that it is the gateway. */
  gatewayProof(service: ServiceName): Headers {
    return gatewayProof(gatewaySecretFor(service, this.gateway), service);
  }

  /** The identity with which another service speaks to this one; where nobody does, the one that orders shows cart. */
  serviceIdentity(service: ServiceName | 'gateway'): string {
    if (service === 'logger') return this.ingest;
    return signServiceToken({ secret: this.orders, issuer: 'orders', audience: 'cart' });
  }

  /** A token that was good, and is so no longer. */
  expired(token: string): string {
    return resigned(token, this.signingKey, -60);
  }
}

/** A token that says the same, and was signed by a key that auth has never had. */
export function forged(token: string): string {
  return resigned(token, makeKey(), 3_600);
}

function resigned(token: string, key: string, lifetimeSeconds: number): string {
  const decoded = jwt.decode(token, { complete: true });
  const payload = decoded?.payload;
  if (!decoded?.header.kid || !payload || typeof payload === 'string') throw new Error('it is no token of auth');
  const now = Math.floor(Date.now() / 1_000);
  const claims = { ...payload, iat: now + Math.min(lifetimeSeconds, 0) - 60, exp: now + lifetimeSeconds };
  return jwt.sign(claims, key, { algorithm: 'RS256', keyid: decoded.header.kid });
}

/** What each caller shows of themselves. */
export class Credentials {
  private readonly tokens: Readonly<Partial<Record<Caller, string>>>;

  constructor(
    private readonly secrets: ShopSecrets,
    people: Readonly<Record<'stranger' | 'owner' | 'admin', { readonly token: string }>>,
  ) {
    const { stranger, owner, admin } = people;
    this.tokens = {
      stranger: stranger.token,
      owner: owner.token,
      admin: admin.token,
      expired: secrets.expired(owner.token),
      forged: forged(owner.token),
    };
  }

  /** The bearer token that a caller shows at a service, or at the gateway; null for those who have none. */
  tokenOf(caller: Caller, at: ServiceName | 'gateway'): string | null {
    if (caller === 'service') return this.secrets.serviceIdentity(at);
    return this.tokens[caller] ?? null;
  }

  /** The headers with which a caller asks. */
  headersOf(caller: Caller, at: ServiceName | 'gateway'): Headers {
    const token = this.tokenOf(caller, at);
    return {
      ...(token !== null && { authorization: `Bearer ${token}` }),
      ...(caller === 'gateway' && this.secrets.gatewayProof(at === 'gateway' ? 'orders' : at)),
    };
  }
}
