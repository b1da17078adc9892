import { generateKeyPairSync } from 'node:crypto';
import { join, resolve } from 'node:path';
import { keptSecret, randomSecret } from './servers/kept-secret.js';

/** What the services must not share with the world, nor all of it with each other. */
export interface Secrets {
  /** The RS256 key with which auth signs tokens, as PEM. */
  readonly jwtPrivateKey: string;
  /** With which orders proves to cart that it is orders. */
  readonly ordersIdentitySecret: string;
  /** Of which each service shares its own part with the gateway, and knows it by that. */
  readonly gatewaySecret: string;
  readonly adminPassword: string;
}

/** Where a checkout keeps its data and secrets: `.data`, unless `DATA_DIR` says otherwise. */
export function dataFolderOf(root: string, environment: Readonly<Record<string, string | undefined>>): string {
  return resolve(root, environment['DATA_DIR'] || '.data');
}

/** This checkout's secrets: made on the first call, then kept below `dataFolder`, readable by their owner only. */
export function developmentSecrets(dataFolder: string): Secrets {
  const kept = (name: string, make: () => string): string => keptSecret(join(dataFolder, 'secrets', name), make);
  return {
    jwtPrivateKey: kept('jwt-private-key.pem', makePrivateKey),
    ordersIdentitySecret: kept('orders-identity', () => randomSecret(32)),
    gatewaySecret: kept('gateway-secret', () => randomSecret(32)),
    adminPassword: kept('admin-password', () => randomSecret(12)),
  };
}

function makePrivateKey(): string {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString().trim();
}
