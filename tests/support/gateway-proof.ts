import { signServiceToken } from '@shop/shared/auth/service-identity';
import { gatewayIdentity, proofHeaders } from '@shop/shared/http/behind-gateway';

/** The headers by which the gateway proves itself to a service that shares this secret with it. */
export function gatewayProof(secret: string, service: string): Readonly<Record<string, string>> {
  return proofHeaders(signServiceToken(gatewayIdentity(secret, service)));
}
