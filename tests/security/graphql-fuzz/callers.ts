import { createHmac, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import jwt from 'jsonwebtoken';
import type { Random } from '../../chaos/random.js';
import type { Header } from '../../rest/fuzz/headers.js';

/** Who sends an operation. */
export interface Caller {
  readonly kind: 'nobody' | 'customer' | 'admin' | 'expired' | 'forged';
  /** The value of its Authorization header; null without one. */
  readonly authorization: string | null;
  /** Everybody else: no answer may show what is theirs. */
  readonly strangers: readonly SignedIn[];
  /** Its token is not good: every answer to it is 401. */
  readonly refused: boolean;
}

/** Somebody who has signed in. */
export interface SignedIn {
  readonly token: string;
  /** Part of whatever is theirs alone. */
  readonly secret: string;
  /** Who has it may be given a new token, and sees whose. */
  readonly refreshToken: string;
}

const foreignKey = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;

/** Callers of all sorts, customers more often than others. `key`: the one that signs the shop's tokens. */
export function callers(customers: readonly SignedIn[], admin: SignedIn, key: KeyObject): (random: Random) => Caller {
  const bearer = (token: string) => `Bearer ${token}`;
  const others = (one: SignedIn) => customers.filter((other) => other !== one);
  return (random) => {
    const one = random.pick(customers);
    const chance = random.next();
    if (chance < 0.5)
      return { kind: 'customer', authorization: bearer(one.token), strangers: others(one), refused: false };
    if (chance < 0.74) return { kind: 'admin', authorization: bearer(admin.token), strangers: [], refused: false };
    if (chance < 0.86) return { kind: 'nobody', authorization: null, strangers: customers, refused: false };
    const whose = random.pick([one, admin]);
    if (chance < 0.91)
      return { kind: 'expired', authorization: bearer(expired(whose.token, key)), strangers: customers, refused: true };
    return {
      kind: 'forged',
      authorization: bearer(forged(random, whose.token, key)),
      strangers: customers,
      refused: true,
    };
  };
}

export const authorizationOf = ({ authorization }: Caller): readonly Header[] =>
  authorization === null ? [] : [['Authorization', authorization]];

function claimsOf(token: string): { readonly header: jwt.JwtHeader; readonly claims: Record<string, unknown> } {
  const decoded = jwt.decode(token, { complete: true });
  if (!decoded || typeof decoded.payload === 'string') throw new Error('the shop gave no token');
  return { header: decoded.header, claims: decoded.payload };
}

/** The shop's own token, of an hour ago. */
function expired(token: string, key: KeyObject): string {
  const { header, claims } = claimsOf(token);
  const now = Math.floor(Date.now() / 1_000);
  return jwt.sign({ ...claims, iat: now - 7_200, exp: now - 3_600 }, key, { algorithm: 'RS256', header });
}

function forged(random: Random, token: string, key: KeyObject): string {
  const { header, claims } = claimsOf(token);
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const [head = '', body = '', signature = ''] = token.split('.');
  // Of an administrator's own token, too, this is another one.
  const asAdmin = part({ ...claims, role: 'ADMIN', email: 'somebody@example.com' });
  const publicKey = createPublicKey(key).export({ type: 'spki', format: 'pem' });
  const confused = `${part({ ...header, alg: 'HS256' })}.${asAdmin}`;
  return random.pick([
    () => jwt.sign({ ...claims, role: 'ADMIN' }, foreignKey, { algorithm: 'RS256', header }),
    () => jwt.sign(claims, foreignKey, { algorithm: 'RS256', header: { ...header, kid: '../../dev/null' } }),
    () => jwt.sign({ ...claims, iss: 'elsewhere' }, key, { algorithm: 'RS256', header }),
    () => jwt.sign({ ...claims, aud: 'elsewhere' }, key, { algorithm: 'RS256', header }),
    () => jwt.sign({ ...claims, nbf: 4_000_000_000 }, key, { algorithm: 'RS256', header }),
    () => jwt.sign({ ...claims, sub: '1 or 1=1' }, key, { algorithm: 'RS256', header }),
    () => `${part({ ...header, alg: 'none' })}.${asAdmin}.`,
    () => `${head}.${asAdmin}.${signature}`,
    () => `${confused}.${createHmac('sha256', publicKey).update(confused).digest('base64url')}`,
    () => `${head}.${body}.`,
    () => `${token}x.${signature}`,
    () => 'null',
  ])();
}
