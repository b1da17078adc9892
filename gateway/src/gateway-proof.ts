import { gatewayProof } from '@shop/shared/http/behind-gateway';

/** Those that must know where a request came from: auth counts the logins of an address. */
const TOLD = new Set(['auth']);

/** The headers by which this gateway proves itself to a service; none without a secret. */
export type Proof = (service: string) => Readonly<Record<string, string>>;

export function proofWith(secret: string | undefined): Proof {
  return (service) => (secret !== undefined && TOLD.has(service) ? gatewayProof(secret, service) : {});
}
