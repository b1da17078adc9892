import { generateKeyPairSync } from 'node:crypto';
import { gatewaySecretFor } from '@shop/shared/auth/gateway-secret';
import { serviceNames } from '@shop/shared/backing/roster';
import { randomSecret } from './servers/kept-secret.js';

/** The Secrets that deploy/kubernetes names and no operator makes, each with its keys. */
export const secretKeys: Readonly<Record<string, readonly string[]>> = {
  'shop-gateway': ['GATEWAY_SECRET'],
  'shop-auth': ['GATEWAY_SECRET', 'JWT_PRIVATE_KEY', 'ADMIN_PASSWORD'],
  'shop-products': ['GATEWAY_SECRET'],
  'shop-cart': ['GATEWAY_SECRET', 'ORDERS_IDENTITY_SECRET'],
  'shop-orders': ['GATEWAY_SECRET', 'ORDERS_IDENTITY_SECRET'],
  'shop-payments': ['GATEWAY_SECRET'],
  'shop-logger': ['GATEWAY_SECRET', 'INGEST_TOKEN'],
  'shop-mailer': ['GATEWAY_SECRET', 'SMTP_URL'],
  redis: ['password'],
  ...Object.fromEntries(serviceNames.map((name) => [`postgres-${name}`, ['username', 'password']])),
};

/** A Secret of Kubernetes. */
export interface ClusterSecret {
  readonly apiVersion: 'v1';
  readonly kind: 'Secret';
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly type: 'Opaque' | 'kubernetes.io/basic-auth';
  readonly stringData: Readonly<Record<string, string>>;
}

/** All of them, newly made. `smtpUrl`: the mail server, with its credentials, which nobody can make up. */
export function clusterSecrets(namespace: string, smtpUrl: string): ClusterSecret[] {
  const gateway = randomSecret(32);
  const identity = randomSecret(32);
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const made = (secret: string, key: string): string => {
    const owner = secret.replace(/^(shop|postgres)-/, '');
    switch (key) {
      case 'GATEWAY_SECRET':
        return owner === 'gateway' ? gateway : gatewaySecretFor(owner, gateway);
      case 'ORDERS_IDENTITY_SECRET':
        return identity;
      case 'JWT_PRIVATE_KEY':
        return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString().trim();
      case 'SMTP_URL':
        return smtpUrl;
      case 'username':
        return owner;
      default:
        return randomSecret(24);
    }
  };
  return Object.entries(secretKeys).map(([name, keys]) => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, namespace },
    // What CloudNativePG wants of a role's password.
    type: keys.includes('username') ? 'kubernetes.io/basic-auth' : 'Opaque',
    stringData: Object.fromEntries(keys.map((key) => [key, made(name, key)])),
  }));
}
