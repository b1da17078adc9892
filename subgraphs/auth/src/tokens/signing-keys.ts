import { createHash, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';

/** A public key as JWKS shows it (RFC 7517; RFC 7518, section 6.3.1). */
export interface PublicJwk {
  readonly kty: 'RSA';
  readonly n: string;
  readonly e: string;
  readonly kid: string;
  readonly use: 'sig';
  readonly alg: 'RS256';
}

/** The key that signs, and the public keys whose tokens are still good. */
export interface SigningKeys {
  readonly kid: string;
  readonly privateKey: KeyObject;
  /** By `kid`. */
  readonly publicKeys: ReadonlyMap<string, KeyObject>;
  readonly jwks: { readonly keys: readonly PublicJwk[] };
}

const MIN_BITS = 2_048;

/**
 * Reads the private key and the earlier public keys, PEM each, any number of the latter one after the other. A literal
 * `\n` counts as a line break, for environments that hold one line only. Throws for what is no RSA key of 2048 bits.
 */
export function readSigningKeys(privatePem: string, previousPublicPems = ''): SigningKeys {
  const privateKey = createPrivateKey(lines(privatePem));
  const previous = lines(previousPublicPems).match(/-----BEGIN [^-]+-----[^-]+-----END [^-]+-----/g) ?? [];
  const keys = [createPublicKey(privateKey), ...previous.map((pem) => createPublicKey(pem))].map((key) => {
    const jwk = publicJwk(key);
    return { key, jwk };
  });
  const [current] = keys;
  if (!current) throw new Error('there is no signing key');
  return {
    kid: current.jwk.kid,
    privateKey,
    publicKeys: new Map(keys.map(({ key, jwk }) => [jwk.kid, key])),
    jwks: { keys: keys.map(({ jwk }) => jwk) },
  };
}

const lines = (pem: string) => pem.replaceAll('\\n', '\n');

function publicJwk(key: KeyObject): PublicJwk {
  const { n, e } = key.export({ format: 'jwk' });
  if (key.asymmetricKeyType !== 'rsa' || !n || !e) throw new Error('a signing key must be an RSA key');
  if ((key.asymmetricKeyDetails?.modulusLength ?? 0) < MIN_BITS)
    throw new Error(`a signing key must have ${MIN_BITS} bits or more`);
  return { kty: 'RSA', n, e, kid: thumbprint(n, e), use: 'sig', alg: 'RS256' };
}

/** RFC 7638, section 3: SHA-256 over the required members, in lexicographic order, without white space. */
function thumbprint(n: string, e: string): string {
  return createHash('sha256')
    .update(JSON.stringify({ e, kty: 'RSA', n }))
    .digest('base64url');
}
