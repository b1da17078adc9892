import { randomUUID, type KeyObject } from 'node:crypto';
import { Refused, Shopper } from '@shop/system/demo/shopper';
import type { Known } from '../../rest/fuzz/values.js';
import { admin as root } from '../../e2e/running-shop.js';
import { type Caller, callers, type SignedIn } from './callers.js';
import type { Random } from '../../chaos/random.js';

/** Somebody with an account, whose name is in whatever is theirs. */
interface Person extends SignedIn {
  readonly shopper: Shopper;
  readonly userId: string;
}

/** What there is now: who may call, and what can be named. */
export interface Present {
  readonly callerOf: (random: Random) => Caller;
  readonly known: Known;
}

type Edges = { readonly edges: readonly { readonly cursor: string; readonly node: { readonly id: string } }[] } | null;

const CUSTOMERS = 3;

const passphrase = (username: string) => `${username}-passphrase`;

/**
 * The shop in which the operations play. Whatever they do to its customers, products and orders, there are some again at
 * each new round. Two administrators: one whose token they use, and one of whom they know nothing.
 */
export class Scene {
  private customers: readonly Person[] = [];
  private round = 0;

  private constructor(
    private readonly gateway: string,
    private readonly key: KeyObject,
    readonly keeper: Shopper,
    private readonly administrator: Person,
  ) {}

  /** `key`: the one that signs the shop's tokens. */
  static async open(gateway: string, key: KeyObject): Promise<Scene> {
    const first = await Shopper.login(gateway, root.email, root.password);
    const promoted = async () => {
      const { userId, secret } = await register(gateway);
      await first.run('mutation ($id: ID!) { setUserRole(userId: $id, role: ADMIN) { id } }', { id: userId });
      return signIn(gateway, secret);
    };
    const keeper = await promoted();
    return new Scene(gateway, key, keeper.shopper, await promoted());
  }

  /** Brings back what the round before took, and looks at what there is. */
  async next(): Promise<Present> {
    this.round += 1;
    const administrator = await this.stillThere(this.administrator, 'ADMIN', () =>
      signIn(this.gateway, this.administrator.secret),
    );
    const replaced = Array.from({ length: CUSTOMERS }, async (_, n) => {
      const before = this.customers[n];
      return before ? this.stillThere(before, 'CUSTOMER', () => this.newcomer()) : this.newcomer();
    });
    this.customers = await Promise.all(replaced);
    const { id } = await this.keeper.createProduct({
      name: `Something to find ${this.round}`,
      price: 1_000,
      stock: 50,
    });
    await Promise.all(
      this.customers.map(async ({ shopper }) => {
        // With what hostile operations have left in it, one more may cost more than there can be.
        await shopper.run('mutation { clearCart { id } }');
        await shopper.addToCart(id);
      }),
    );
    const known = await this.look(administrator);
    return { callerOf: callers(this.customers, administrator, this.key), known };
  }

  /** The same person if their token still opens what it opened; else whom `other` makes. */
  private async stillThere(person: Person, role: string, other: () => Promise<Person>): Promise<Person> {
    try {
      const { me } = await person.shopper.run<{ me: { role: string } | null }>('{ me { role } }');
      if (me?.role === role) return person;
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
    }
    return other();
  }

  /** A customer with an order. */
  private async newcomer(): Promise<Person> {
    const person = await register(this.gateway);
    const { id } = await this.keeper.createProduct({ name: 'A first thing', price: 1_000, stock: 5 });
    await person.shopper.addToCart(id);
    const place = 'mutation ($input: PlaceOrderInput) { placeOrder(input: $input) { id } }';
    await person.shopper.run(place, { input: { shippingAddress: `1 ${person.secret} Street` } });
    return person;
  }

  private async look(administrator: Person): Promise<Known> {
    const page = 'edges { cursor node { id } }';
    const all = await this.keeper.run<Record<'products' | 'cheap' | 'users' | 'emails' | 'logs' | 'allOrders', Edges>>(
      `{ products(first: 3) { ${page} } cheap: products(first: 2, sort: PRICE_ASC) { ${page} } users(first: 2) { ${page} }
         emails(first: 2) { ${page} } logs(first: 2) { ${page} } allOrders(first: 5) { ${page} } }`,
    );
    const each = await Promise.all(this.customers.map((person) => this.belongings(person)));
    const cursors = Object.values(all).flatMap((list) => list?.edges.map(({ cursor }) => cursor) ?? []);
    const orders = each.flatMap((one) => one.orders);
    return {
      product: all.products?.edges.map(({ node }) => node.id) ?? [],
      cartItem: each.flatMap(({ items }) => items),
      order: orders.flatMap(({ id, uuid }) => [id, uuid]),
      uuid: orders.map(({ uuid }) => uuid),
      user: this.customers.map(({ userId }) => userId),
      after: cursors,
      first: [1, 2, 3, 5, 5],
      quantity: [1, 1, 2, 3],
      price: [1, 1_000, 6_666],
      stock: [0, 5, 100],
      minPrice: [1, 1_000],
      email: [`round${this.round}@example.com`, ...this.customers.map(({ secret }) => `${secret}@example.com`)],
      username: [`round${this.round}`, ...this.customers.map(({ secret }) => secret)],
      login: this.customers.map(({ secret }) => secret),
      password: this.customers.map(({ secret }) => passphrase(secret)),
      current: this.customers.map(({ secret }) => passphrase(secret)),
      refreshToken: [administrator, ...this.customers].map((person) => person.refreshToken),
      idempotencyKey: ['once', `round ${this.round}`],
      name: ['Tea', 'Trà sen'],
      search: ['tea', 'find', 'trà'],
      service: ['orders', 'gateway'],
      traceId: ['0af7651916cd43dd8448eb211c80319c'],
      since: ['2026-01-31T12:00:00.000Z'],
      shippingAddress: ['1 Tràng Tiền, Hà Nội'],
    };
  }

  private async belongings({ shopper }: Person) {
    const { cart, orders } = await shopper.run<{
      cart: { items: { id: string }[] } | null;
      orders: { edges: { node: { id: string; uuid: string } }[] } | null;
    }>('{ cart { items { id } } orders(first: 3) { edges { node { id uuid } } } }');
    const items = cart?.items.slice(-3).map(({ id }) => id) ?? [];
    return { items, orders: orders?.edges.map(({ node }) => node) ?? [] };
  }
}

async function register(gateway: string): Promise<Person> {
  const secret = `s${randomUUID().replaceAll('-', '').slice(0, 20)}`;
  await Shopper.register(gateway, secret);
  return signIn(gateway, secret);
}

async function signIn(gateway: string, secret: string): Promise<Person> {
  const shopper = await Shopper.login(gateway, secret, passphrase(secret));
  const { login } = await shopper.run<{ login: { token: string; refreshToken: string; user: { id: string } } }>(
    'mutation ($login: String!, $password: String!) { login(login: $login, password: $password) { token refreshToken user { id } } }',
    { login: secret, password: passphrase(secret) },
  );
  return { secret, shopper, userId: login.user.id, refreshToken: login.refreshToken, token: shopper.token };
}
