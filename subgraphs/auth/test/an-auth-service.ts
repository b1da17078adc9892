import { generateKeyPairSync } from 'node:crypto';
import { createSystem } from '@shop/auth/system';
import type { System } from '@shop/shared/lifecycle/system';
import { freePort } from '../../../tests/support/free-port.js';
import { type GraphqlAnswer, graphqlRequest } from '../../../tests/support/graphql-client.js';
import { testDatabase } from '../../../tests/support/test-database.js';
import { testSettings } from '../../../tests/support/test-environment.js';

export const admin = { email: 'admin@shop.example', password: 'the-admins-password' };

const { privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2_048,
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});

export interface Credentials {
  readonly token: string;
  readonly refreshToken: string;
  readonly expiresIn: number;
  readonly user: { id: string; email: string; username: string; role: string };
}

/** A running auth service with a database of its own, and the ways in. */
export class AuthService {
  private constructor(
    readonly url: string,
    readonly environment: Readonly<Record<string, string>>,
    private system: System,
    private readonly dropDatabase: () => Promise<void>,
  ) {}

  static async start(settings: Readonly<Record<string, string>> = {}): Promise<AuthService> {
    const database = await testDatabase();
    const port = await freePort();
    const environment = {
      PORT: String(port),
      DATABASE_URL: database.url,
      JWT_PRIVATE_KEY: privateKey,
      ADMIN_EMAIL: admin.email,
      ADMIN_PASSWORD: admin.password,
      ...testSettings,
      LOGIN_RATE_LIMIT: '0',
      ...settings,
    };
    const system = createSystem(environment);
    await system.start();
    return new AuthService(`http://127.0.0.1:${port}`, environment, system, () => database.drop());
  }

  async stop(): Promise<void> {
    await this.system.stop();
    await this.dropDatabase();
  }

  /** Another process in its place, with other settings. */
  async restart(settings: Readonly<Record<string, string>>): Promise<void> {
    await this.system.stop();
    this.system = createSystem({ ...this.environment, ...settings });
    await this.system.start();
  }

  graphql<Data = Record<string, never>>(
    query: string,
    variables: Record<string, unknown> = {},
    token?: string,
  ): Promise<GraphqlAnswer<Data>> {
    return graphqlRequest<Data>(`${this.url}/graphql`, query, variables, token);
  }

  /** Posts JSON; answers the status and the body. */
  async post(
    path: string,
    body: unknown,
    headers: Record<string, string> = {},
  ): Promise<[number, Record<string, unknown>]> {
    const response = await fetch(`${this.url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
    return [response.status, (await response.json()) as Record<string, unknown>];
  }

  /** One field's answer, or its error's code. */
  async field<Value>(query: string, variables: Record<string, unknown> = {}, token?: string): Promise<Value> {
    const { data, errors } = await this.graphql<Record<string, Value>>(query, variables, token);
    if (errors?.[0]) throw Object.assign(new Error(errors[0].message), errors[0].extensions);
    return Object.values(data ?? {})[0] as Value;
  }

  register(username: string, password = 'a-good-password'): Promise<Credentials> {
    const input = { email: `${username}@example.com`, username, password };
    return this.field(`mutation ($input: RegisterInput!) { register(input: $input) ${PAYLOAD} }`, { input });
  }

  logIn(login: string, password: string): Promise<Credentials> {
    const query = `mutation ($login: String!, $password: String!) { login(login: $login, password: $password) ${PAYLOAD} }`;
    return this.field(query, { login, password });
  }

  refresh(refreshToken: string): Promise<Credentials> {
    return this.field(`mutation ($t: String!) { refreshToken(refreshToken: $t) ${PAYLOAD} }`, { t: refreshToken });
  }

  /** A new administrator, made by another one and signed in. */
  async anAdmin(username: string, by?: Credentials): Promise<Credentials> {
    const { user } = await this.register(username);
    const promotion = 'mutation ($id: ID!) { setUserRole(userId: $id, role: ADMIN) { id } }';
    await this.field(promotion, { id: user.id }, (by ?? (await this.asAdmin())).token);
    return this.logIn(username, 'a-good-password');
  }

  asAdmin(): Promise<Credentials> {
    return this.logIn(admin.email, admin.password);
  }
}

const PAYLOAD = '{ token refreshToken expiresIn user { id email username role } }';
