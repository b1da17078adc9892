import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type SessionNews, sessionMark } from '@shop/shared/auth/session-news';
import jwt from 'jsonwebtoken';

interface TokenClaims {
  readonly userId: number | string;
  readonly role?: 'CUSTOMER' | 'ADMIN';
  readonly email?: string;
  readonly username?: string;
  /** None unless told. */
  readonly sessionId?: string;
  readonly expiresInSeconds?: number;
  readonly notBeforeSeconds?: number;
}

/** Stands in for the auth service: one RS256 key at a time, its JWKS over HTTP, tokens and ended sessions of its making. */
export class TestAuth {
  /** How often the keys were asked for. */
  keyFetches = 0;
  /** What was asked for of the sessions: the query of each question. */
  readonly questions: string[] = [];
  /** Says it in place of what is true. */
  news: ((query: string) => SessionNews) | undefined;
  private readonly ended: string[] = [];
  private privateKey: KeyObject;
  private keyId = 'test';
  private jwks = '';

  private constructor(
    private readonly server: Server,
    private readonly origin: string,
  ) {
    this.privateKey = this.newKey('test');
    server.on('request', (request: IncomingMessage, response: ServerResponse) => this.answer(request, response));
  }

  static async start(): Promise<TestAuth> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    return new TestAuth(server, `http://127.0.0.1:${port}`);
  }

  get jwksUrl(): string {
    return `${this.origin}/.well-known/jwks.json`;
  }

  get sessionsUrl(): string {
    return `${this.origin}/.well-known/ended-sessions`;
  }

  /** Where a gateway finds both. */
  get settings() {
    return { AUTH_JWKS_URL: this.jwksUrl, AUTH_SESSIONS_URL: this.sessionsUrl };
  }

  /** An access token as auth would sign it. A negative lifetime makes an expired one. */
  token(claims: TokenClaims): string {
    const {
      userId,
      role = 'CUSTOMER',
      email,
      username,
      sessionId,
      expiresInSeconds = 3_600,
      notBeforeSeconds,
    } = claims;
    const payload = {
      ...{ role, email: email ?? `user${userId}@example.com`, username: username ?? `user${userId}` },
      ...(sessionId !== undefined && { sid: sessionId }),
    };
    return jwt.sign(payload, this.privateKey, {
      algorithm: 'RS256',
      keyid: this.keyId,
      subject: String(userId),
      issuer: 'shop',
      audience: 'shop',
      expiresIn: expiresInSeconds,
      ...(notBeforeSeconds !== undefined && { notBefore: notBeforeSeconds }),
    });
  }

  endSession(sessionId: string): void {
    this.ended.push(sessionMark(sessionId));
  }

  /** From now on another key signs, and no other is published. */
  changeKey(keyId: string): void {
    this.privateKey = this.newKey(keyId);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private newKey(keyId: string): KeyObject {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const jwk = { ...publicKey.export({ format: 'jwk' }), kid: keyId, use: 'sig', alg: 'RS256' };
    this.jwks = JSON.stringify({ keys: [jwk] });
    this.keyId = keyId;
    return privateKey;
  }

  private answer({ url = '' }: IncomingMessage, response: ServerResponse): void {
    response.setHeader('content-type', 'application/json');
    const [path, query = ''] = url.split('?');
    if (path === new URL(this.jwksUrl).pathname) {
      this.keyFetches += 1;
      response.end(this.jwks);
    } else if (path === new URL(this.sessionsUrl).pathname) {
      this.questions.push(query);
      const all = { ended: [...this.ended], next: Date.now(), after: null, remember_s: 3_600 };
      response.end(JSON.stringify(this.news?.(query) ?? all));
    } else response.writeHead(404).end('{}');
  }
}
