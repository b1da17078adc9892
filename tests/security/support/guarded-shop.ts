import { readFileSync } from 'node:fs';
import { createSystem as createCart } from '@shop/cart/system';
import { serviceNames } from '@shop/shared/backing/roster';
import { TestGateway } from '../../../gateway/test/support/test-gateway.js';
import { AuthService } from '../../../subgraphs/auth/test/an-auth-service.js';
import { freePort } from '../../support/free-port.js';
import { testDatabase } from '../../support/test-database.js';

/** What a door answered to who came with a token. */
export interface DoorAnswer {
  readonly status: number;
  /** The sentence of the refusal; null for who was let in. */
  readonly refusal: string | null;
}

/** A way in at which a token is looked at: the headers and the address's query are the visitor's choice. */
export type Door = (headers: Readonly<Record<string, string>>, query?: string) => Promise<DoorAnswer>;

/** Real auth, a real service beside it (the cart), and the real gateway in front of both. */
export class GuardedShop {
  private constructor(
    readonly auth: AuthService,
    readonly cartUrl: string,
    readonly gateway: TestGateway,
    private readonly release: () => Promise<void>,
  ) {}

  static async start(authSettings: Readonly<Record<string, string>> = {}): Promise<GuardedShop> {
    const [auth, database, port] = await Promise.all([AuthService.start(authSettings), testDatabase(), freePort()]);
    const identity = {
      AUTH_JWKS_URL: `${auth.url}/.well-known/jwks.json`,
      AUTH_SESSIONS_URL: `${auth.url}/.well-known/ended-sessions`,
    };
    const cart = createCart({
      ...identity,
      PORT: String(port),
      DATABASE_URL: database.url,
      BUS_DATABASE_URL: database.url,
      PRODUCTS_URL: 'http://127.0.0.1:9',
      ORDERS_IDENTITY_SECRET: 'a-secret-of-orders-and-cart',
      SUBGRAPH_ACCESS: 'open',
      LOG_LEVEL: 'silent',
    });
    await cart.start();
    const cartUrl = `http://127.0.0.1:${port}`;
    const nowhere = serviceNames.map((name) => [`${name.toUpperCase()}_URL`, 'http://127.0.0.1:9'] as const);
    const gateway = await TestGateway.start(readFileSync('gateway/supergraph.graphql', 'utf8'), {
      ...Object.fromEntries(nowhere),
      ...identity,
      AUTH_URL: auth.url,
      CART_URL: cartUrl,
    });
    return new GuardedShop(auth, cartUrl, gateway, async () => {
      await gateway.stop();
      await cart.stop();
      await auth.stop();
      await database.drop();
    });
  }

  stop(): Promise<void> {
    return this.release();
  }

  /** Every way in at which a token is looked at. */
  get doors(): readonly (readonly [name: string, door: Door])[] {
    const { origin } = this.gateway;
    return [
      ["the gateway's GraphQL", graphqlDoor(origin)],
      ["the gateway's REST", restDoor(`${origin}/cart`)],
      ["a service's REST", restDoor(`${this.cartUrl}/cart`)],
      ["a service's GraphQL", graphqlDoor(this.cartUrl)],
      ["auth's own REST", restDoor(`${this.auth.url}/api/profile`)],
    ];
  }

  /** What each door says to this token. */
  async saidTo(token: string): Promise<Record<string, DoorAnswer>> {
    const answers = this.doors.map(async ([name, door]) => [name, await door({ authorization: `Bearer ${token}` })]);
    return Object.fromEntries(await Promise.all(answers)) as Record<string, DoorAnswer>;
  }

  /** The same answer from each door. */
  everywhere(answer: DoorAnswer): Record<string, DoorAnswer> {
    return Object.fromEntries(this.doors.map(([name]) => [name, answer]));
  }
}

function restDoor(url: string): Door {
  return async (headers, query = '') => {
    const response = await fetch(url + query, { headers });
    const { error = null } = (await response.json()) as { error?: string };
    return { status: response.status, refusal: error };
  };
}

function graphqlDoor(origin: string): Door {
  return async (headers, query = '') => {
    const response = await fetch(`${origin}/graphql${query}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ query: '{ cart { id } }' }),
    });
    const { errors } = (await response.json()) as { errors?: { message: string }[] };
    return { status: response.status, refusal: errors?.[0]?.message ?? null };
  };
}
