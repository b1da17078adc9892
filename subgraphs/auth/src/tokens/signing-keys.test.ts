import { createPublicKey, generateKeyPairSync, type JsonWebKey } from 'node:crypto';
import { readSigningKeys } from './signing-keys.js';

const pem = (bits = 2_048) =>
  generateKeyPairSync('rsa', {
    modulusLength: bits,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });

const createPublicKeyPem = (key: JsonWebKey) =>
  createPublicKey({ key, format: 'jwk' }).export({ type: 'spki', format: 'pem' }).toString();

describe('signing keys', () => {
  it('are read from one line with literal line breaks', () => {
    const { privateKey } = pem();
    expect(readSigningKeys(privateKey.replaceAll('\n', '\\n')).kid).toBe(readSigningKeys(privateKey).kid);
  });

  it('keep earlier public keys in the JWKS, the current one first', () => {
    const [now, before, longBefore] = [pem(), pem(), pem()];
    const keys = readSigningKeys(now.privateKey, before.publicKey + longBefore.publicKey);
    expect(keys.jwks.keys.map(({ kid }) => kid)).toEqual([...keys.publicKeys.keys()]);
    expect(keys.jwks.keys).toHaveLength(3);
    expect(keys.jwks.keys[0]?.kid).toBe(keys.kid);
    expect(JSON.stringify(keys.jwks)).not.toContain('"d"');
  });

  it('have the thumbprint of RFC 7638 as kid', () => {
    // The example of RFC 7638, section 3.1, is a public key: it comes in as an earlier one.
    const n =
      '0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw';
    const example = createPublicKeyPem({ kty: 'RSA', n, e: 'AQAB' });
    const kids = readSigningKeys(pem().privateKey, example).jwks.keys.map(({ kid }) => kid);
    expect(kids[1]).toBe('NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs');
  });

  it('must be RSA of 2048 bits', () => {
    expect(() => readSigningKeys(pem(1_024).privateKey)).toThrow('2048');
    const ec = generateKeyPairSync('ec', {
      namedCurve: 'P-256',
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
      publicKeyEncoding: { type: 'spki', format: 'pem' },
    });
    expect(() => readSigningKeys(ec.privateKey)).toThrow('RSA');
  });
});
