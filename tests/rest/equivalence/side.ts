import type { Draft, Patch } from './command.js';

/** What a door answered: it was done, or it was refused with a status and a sentence. */
export type Outcome =
  | {
      readonly done: true;
      readonly id?: number;
      readonly ids?: readonly number[];
      readonly uuid?: string;
      readonly token?: string;
    }
  | { readonly done: false; readonly status: number; readonly sentence: string };

export interface Account {
  readonly username: string;
  readonly email: string;
  readonly password: string;
}

/** An order as a client sees it, in the words of REST. */
export interface SeenOrder {
  readonly id: number;
  readonly uuid: string;
  readonly status: string;
  readonly total: number;
  readonly address: string | null;
  readonly reason: string | null;
  readonly version: number;
  readonly items: readonly { readonly product: number; readonly quantity: number; readonly price: number }[];
}

export interface SeenItem {
  readonly id: number;
  readonly product: number;
  readonly quantity: number;
  readonly price: number;
  readonly subtotal: number;
}

export interface SeenProduct extends Draft {
  readonly version: number;
}

/** One of the two ways into the shop. `token` is undefined for nobody. */
export interface Door {
  register(account: Account): Promise<Outcome>;
  logIn(login: string, password: string): Promise<Outcome>;
  createProducts(token: Token, drafts: readonly Draft[]): Promise<Outcome>;
  updateProduct(token: Token, id: Id, patch: Patch): Promise<Outcome>;
  deleteProduct(token: Token, id: Id): Promise<Outcome>;
  addToCart(token: Token, product: Id, quantity: number): Promise<Outcome>;
  updateItem(token: Token, id: Id, quantity: number): Promise<Outcome>;
  removeItem(token: Token, id: Id): Promise<Outcome>;
  clearCart(token: Token): Promise<Outcome>;
  placeOrder(
    token: Token,
    wish: { readonly key?: string | undefined; readonly address?: string | undefined },
  ): Promise<Outcome>;
  cancelOrder(token: Token, id: number): Promise<Outcome>;
  moveOrder(token: Token, id: number, to: 'Shipped' | 'Delivered' | 'Paid'): Promise<Outcome>;

  cart(token: Token): Promise<SeenItem[]>;
  /** Newest first. */
  orders(token: Token): Promise<SeenOrder[]>;
  /** Null when it is not for sale. */
  product(id: number): Promise<SeenProduct | null>;
}

export type Token = string | undefined;
/** Also what is none. */
export type Id = number | string;
