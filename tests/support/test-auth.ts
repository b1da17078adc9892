import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import jwt from 'jsonwebtoken';

interface TokenClaims {
  readonly userId: number | string;
  readonly role?: 'CUSTOMER' | 'ADMIN';
  readonly email?: string;
  readonly username?: string;
  readonly expiresInSeconds?: number;
}

/** Stands in for the auth service: one RS256 key, its JWKS over HTTP, and tokens of its making. */
export class TestAuth {
  /** How often the keys were asked for. */
  keyFetches = 0;

  private constructor(
    private readonly server: Server,
    private readonly privateKey: KeyObject,
    readonly jwksUrl: string,
  ) {
    server.on('request', () => (this.keyFetches += 1));
  }

  static async start(): Promise<TestAuth> {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const jwks = JSON.stringify({
      keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'test', use: 'sig', alg: 'RS256' }],
    });
    const server = createServer((_request, response) =>
      response.setHeader('content-type', 'application/json').end(jwks),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    return new TestAuth(server, privateKey, `http://127.0.0.1:${port}/.well-known/jwks.json`);
  }

  /** An access token as auth would sign it. A negative lifetime makes an expired one. */
  token({ userId, role = 'CUSTOMER', email, username, expiresInSeconds = 3_600 }: TokenClaims): string {
    const claims = { role, email: email ?? `user${userId}@example.com`, username: username ?? `user${userId}` };
    return jwt.sign(claims, this.privateKey, {
      algorithm: 'RS256',
      keyid: 'test',
      subject: String(userId),
      issuer: 'shop',
      audience: 'shop',
      expiresIn: expiresInSeconds,
    });
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
