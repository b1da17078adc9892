import { gatewaySecretFor } from '@shop/shared/auth/gateway-secret';
import { StandingToken } from '@shop/shared/auth/standing-tokens';
import { serviceNames } from '@shop/shared/backing/roster';
import { gatewayIdentity, proofHeaders } from '@shop/shared/http/behind-gateway';

/** The headers by which this gateway proves itself to a service; none to one that is not the shop's. */
export type Proof = (service: string) => Readonly<Record<string, string>>;

const NONE = Object.freeze({});

/** The proofs of a gateway that has this secret; none at all without one. */
export function proofWith(secret: string | undefined): Proof {
  if (secret === undefined) return () => NONE;
  const tokens = new Map<string, StandingToken>(
    serviceNames.map((name) => [name, new StandingToken(gatewayIdentity(gatewaySecretFor(name, secret), name))]),
  );
  return (service) => {
    const token = tokens.get(service);
    return token ? proofHeaders(token.current()) : NONE;
  };
}
