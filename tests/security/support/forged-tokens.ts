import { createHmac, createSign, generateKeyPairSync, type JsonWebKey, type KeyObject } from 'node:crypto';
import jwt from 'jsonwebtoken';

/** An RSA key pair, as auth reads and publishes it. */
export interface Keys {
  readonly privateKey: KeyObject;
  readonly privatePem: string;
  readonly publicPem: string;
  readonly jwk: JsonWebKey;
}

export function newKeys(): Keys {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  return {
    privateKey,
    privatePem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    publicPem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    jwk: publicKey.export({ format: 'jwk' }),
  };
}

export const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A token of whatever header and payload, however it is signed. */
export function assembled(header: object, payload: object, sign: (text: string) => string): string {
  const text = `${encoded(header)}.${encoded(payload)}`;
  return `${text}.${sign(text)}`;
}

export const byRsa = (key: KeyObject, digest = 'RSA-SHA256') => {
  return (text: string): string => createSign(digest).update(text).sign(key, 'base64url');
};

export const byHmac = (secret: string | Buffer) => {
  return (text: string): string => createHmac('sha256', secret).update(text).digest('base64url');
};

export const unsigned = (): string => '';

/** The header and the payload of a token. */
export function partsOf(token: string): readonly [header: Record<string, unknown>, payload: Record<string, unknown>] {
  const { header, payload } = jwt.decode(token, { complete: true }) ?? {};
  return [{ ...header }, { ...(payload as jwt.JwtPayload) }];
}
