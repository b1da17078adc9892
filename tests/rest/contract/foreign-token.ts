import { generateKeyPairSync, randomUUID } from 'node:crypto';
import jwt from 'jsonwebtoken';

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

/** A token under a key that nobody knows yet: whoever gets it has to ask auth for it. */
export function foreignToken(): string {
  return jwt.sign({ role: 'CUSTOMER', email: 'x@example.com', username: 'x' }, privateKey, {
    ...{ algorithm: 'RS256', keyid: randomUUID(), subject: '1', issuer: 'shop', audience: 'shop', expiresIn: 60 },
  });
}
