import type { Command, Place, Who } from './command.js';
import type { Histories } from './history.js';
import type { Account, Door, Id, Outcome, Token } from './side.js';
import type { Cast } from './told.js';

interface Known {
  readonly account: Account;
  readonly token: string;
  readonly id: number;
}

/** An id that nothing has. */
const NOTHING = 9_007_199_254_740_991;
const PASSWORD = 'a long passphrase';

/** What every sequence begins with: something ordinary, something that is declined, and the last one of its kind. */
const catalogue = [
  { name: 'Phin', price: 1_000, stock: 50 },
  { name: 'Trà sen', price: 6_666, stock: 3 },
  { name: 'Nón lá', price: 3_333, stock: 1 },
];

/** One side of the shop: people and things of its own, and the one door that all its commands go through. */
export class SideOfShop {
  private readonly products: number[] = [];
  private readonly items: number[] = [];
  private readonly placed: { id: number; uuid: string }[] = [];
  private readonly customers: Known[] = [];

  private constructor(
    private readonly door: Door,
    private readonly admin: string,
    private readonly histories: Histories,
    /** Letters and digits that make the names of this side its own. */
    private readonly mark: string,
  ) {}

  static async open(door: Door, admin: string, histories: Histories, mark: string): Promise<SideOfShop> {
    const side = new SideOfShop(door, admin, histories, mark);
    for (const nick of ['an', 'binh']) {
      const account = side.account(nick, PASSWORD);
      const made = await door.register(account);
      const entered = await door.logIn(account.username, account.password);
      if (!made.done || !entered.done || !entered.token)
        throw new Error(`${nick} can't come in: ${JSON.stringify(entered)}`);
      side.customers.push({ account, token: entered.token, id: subjectOf(entered.token) });
    }
    side.remember(await door.createProducts(admin, catalogue));
    return side;
  }

  /** Does what a command says. */
  async play(command: Command): Promise<Outcome> {
    const { door } = this;
    switch (command.do) {
      case 'register':
        return door.register(this.account(command.as, command.password));
      case 'register again':
        return door.register(this.known(command.customer).account);
      case 'log in': {
        const { username, password } = this.known(command.customer).account;
        return door.logIn(username, command.password === 'right' ? password : `${password}!`);
      }
      case 'create products':
        return this.remember(await door.createProducts(this.token(command.by), command.products));
      case 'update product':
        return door.updateProduct(this.token(command.by), this.product(command.product), command.patch);
      case 'delete product':
        return door.deleteProduct(this.token(command.by), this.product(command.product));
      case 'add to cart': {
        const added = await door.addToCart(this.token(command.by), this.product(command.product), command.quantity);
        if (added.done) await this.rememberItems(command.by);
        return added;
      }
      case 'update item':
        return door.updateItem(this.token(command.by), idAt(this.items, command.item), command.quantity);
      case 'remove item':
        return door.removeItem(this.token(command.by), idAt(this.items, command.item));
      case 'clear cart':
        return door.clearCart(this.token(command.by));
      case 'place order':
        return this.placeOrder(command);
      case 'place order and cancel it': {
        const placed = await this.placeOrder(command);
        return !placed.done ? placed : door.cancelOrder(this.token(command.by), placed.id ?? NOTHING);
      }
      case 'cancel order':
        return door.cancelOrder(this.token(command.by), this.placed[command.order]?.id ?? NOTHING);
      case 'move order':
        return door.moveOrder(this.token(command.by), this.placed[command.order]?.id ?? NOTHING, command.to);
    }
  }

  /** All that this side has come to, ids replaced by places. */
  async state(): Promise<object> {
    const tokens = this.customers.map(({ token }) => token);
    const [products, carts, orders, histories] = await Promise.all([
      Promise.all(this.products.map((id) => this.door.product(id))),
      Promise.all(tokens.map((token) => this.door.cart(token))),
      Promise.all(tokens.map((token) => this.door.orders(token))),
      Promise.all(this.placed.map(({ uuid }) => this.histories.of(uuid))),
    ]);
    return {
      products,
      carts: carts.map((cart) =>
        cart.map(({ id, product, ...item }) => ({
          ...item,
          product: this.products.indexOf(product),
          id: this.items.indexOf(id),
        })),
      ),
      orders: orders.map((list) =>
        list.map(({ id, uuid, items, ...order }) => ({
          ...order,
          place: this.placed.findIndex((placed) => placed.id === id && placed.uuid === uuid),
          items: items.map(({ product, ...item }) => ({ ...item, product: this.products.indexOf(product) })),
        })),
      ),
      histories,
    };
  }

  /** Who and what there is on this side. */
  get cast(): Cast {
    const { mark, products } = this;
    const customers = this.customers.map(({ id }) => id);
    return { mark, customers, products, orders: this.placed.map(({ uuid }) => uuid) };
  }

  private account(nick: string, password: string): Account {
    // A name that is wrong stays as it is, so that it is wrong in the same way on both sides.
    const username = /^[a-z]+$/.test(nick) && nick.length < 10 && nick !== 'ab' ? `${nick}${this.mark}` : nick;
    return { username, email: `${nick.slice(0, 10)}${this.mark}@example.com`, password };
  }

  private known(customer: number): Known {
    const known = this.customers[customer];
    if (!known) throw new Error(`there is no customer ${customer}`);
    return known;
  }

  private token(who: Who): Token {
    if (who === 'nobody') return undefined;
    return who === 'admin' ? this.admin : this.known(who).token;
  }

  private product(place: Place): Id {
    return idAt(this.products, place);
  }

  private remember(outcome: Outcome): Outcome {
    if (outcome.done) this.products.push(...(outcome.ids ?? []));
    return outcome;
  }

  /** And waits until its stock has answered and its payment is under way, so that what comes next finds both. */
  private async placeOrder({ by, key, address }: { by: Who; key?: string; address?: string }): Promise<Outcome> {
    const placed = this.rememberOrder(await this.door.placeOrder(this.token(by), { key, address }));
    if (placed.done && placed.uuid) await this.histories.untilHalfWay(placed.uuid);
    return placed;
  }

  private rememberOrder(outcome: Outcome): Outcome {
    if (!outcome.done) return outcome;
    const { id, uuid } = outcome;
    if (id === undefined || uuid === undefined) throw new Error('an order without an id');
    if (!this.placed.some((order) => order.id === id)) this.placed.push({ id, uuid });
    return outcome;
  }

  private async rememberItems(who: Who): Promise<void> {
    for (const { id } of await this.door.cart(this.token(who))) if (!this.items.includes(id)) this.items.push(id);
  }
}

function idAt(ids: readonly number[], place: Place): Id {
  return typeof place === 'object' ? place.id : (ids[place] ?? NOTHING);
}

/** Whom a token speaks for (RFC 7519, section 4.1.2). */
function subjectOf(token: string): number {
  const [, claims = ''] = token.split('.');
  return Number((JSON.parse(Buffer.from(claims, 'base64url').toString()) as { sub: string }).sub);
}
