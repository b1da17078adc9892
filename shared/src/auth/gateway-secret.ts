import { hkdfSync } from 'node:crypto';

const BYTES = 32;

/**
 * The secret that the gateway shares with one service and no other, made of the gateway's own: HKDF with SHA-256, without
 * salt (RFC 5869). Who holds it can neither speak as the gateway to another service nor find the gateway's. Base64url.
 */
export function gatewaySecretFor(service: string, gatewaySecret: string): string {
  const derived = hkdfSync('sha256', gatewaySecret, '', `shop gateway to ${service}`, BYTES);
  return Buffer.from(derived).toString('base64url');
}
