import type { Database, EntityManager } from '@shop/shared/persistence/database';
import { arrayLiteral, rowsLater, rowsOf, withNext } from '@shop/shared/persistence/statements';
import type { Cart, CartItem } from '../domain/cart.js';
import type { CheckoutItem } from '../domain/checkout.js';

/** Item rows as the driver gives them: bigint comes as text. */
interface ItemRow {
  readonly id: string;
  readonly user_id: string;
  readonly product_id: string;
  readonly name: string;
  readonly quantity: number;
  readonly price: string;
}

/** How many of a product did not fit into a cart. */
interface Lost {
  readonly productId: number;
  readonly quantity: number;
}

/** An item is in its cart for as long as its product is not deleted: the tombstone takes it out, whatever came first. */
const ITEMS = `select item.id, item.user_id, item.product_id, product.name, item.quantity, product.price
  from cart_items item join product_snapshots product on product.id = item.product_id and not product.deleted`;

const ONE_CART = `${ITEMS} where item.user_id = ? order by item.id`;

/** The carts: one a user, made when it is first needed. */
export class CartStore {
  constructor(private readonly database: Database) {}

  /** Locks a user's cart, made when there was none, until the transaction ends: the update that changes nothing is the lock. */
  async lock(em: EntityManager, userId: number): Promise<void> {
    await withNext(
      em,
      'insert into carts (user_id) values (?) on conflict (user_id) do update set user_id = excluded.user_id',
      [userId],
    );
  }

  /** One user's cart, within a transaction. */
  async read(em: EntityManager, userId: number): Promise<Cart> {
    const rows = await rowsOf<ItemRow>(em, ONE_CART, [userId]);
    return { userId, items: rows.map(toItem) };
  }

  /** The same as it is here, to be had once the transaction is committed. */
  async readLater(em: EntityManager, userId: number): Promise<() => Cart> {
    const rows = await rowsLater<ItemRow>(em, ONE_CART, [userId]);
    return () => ({ userId, items: rows().map(toItem) });
  }

  /** The carts of several users, in the order of the users. */
  async findMany(userIds: readonly number[]): Promise<Cart[]> {
    const sql = `${ITEMS} where item.user_id = any(?::bigint[]) order by item.id`;
    const items = (await rowsOf<ItemRow>(this.database, sql, [arrayLiteral(userIds)])).map(toItem);
    return userIds.map((userId) => ({ userId, items: items.filter((item) => item.userId === userId) }));
  }

  async findItems(ids: readonly number[]): Promise<CartItem[]> {
    const sql = `${ITEMS} where item.id = any(?::bigint[])`;
    return (await rowsOf<ItemRow>(this.database, sql, [arrayLiteral(ids)])).map(toItem);
  }

  /** Puts a product into a cart, or changes how many of it there are. The cart is locked. */
  async setQuantity(em: EntityManager, userId: number, productId: number, quantity: number): Promise<void> {
    await withNext(
      em,
      `insert into cart_items (user_id, product_id, quantity) values (?, ?, ?)
       on conflict (user_id, product_id) do update set quantity = excluded.quantity`,
      [userId, productId, quantity],
    );
  }

  async remove(em: EntityManager, itemId: number): Promise<void> {
    await withNext(em, 'delete from cart_items where id = ?', [itemId]);
  }

  async clear(em: EntityManager, userId: number): Promise<void> {
    await withNext(em, 'delete from cart_items where user_id = ?', [userId]);
  }

  /** Takes a deleted product out of all carts. */
  async removeProduct(em: EntityManager, productId: number): Promise<void> {
    await withNext(em, 'delete from cart_items where product_id = ?', [productId]);
  }

  /** Empties a cart and answers what was in it, at the prices of this moment. The cart is locked. */
  async take(em: EntityManager, userId: number): Promise<CheckoutItem[]> {
    const rows = await rowsOf<Omit<ItemRow, 'user_id'>>(
      em,
      `with taken as (delete from cart_items where user_id = ? returning id, product_id, quantity)
       select taken.id, taken.product_id, product.name, taken.quantity, product.price
       from taken join product_snapshots product on product.id = taken.product_id and not product.deleted
       order by taken.id`,
      [userId],
    );
    return rows.map(({ product_id: productId, name, quantity, price }) => ({
      productId: Number(productId),
      name,
      quantity,
      price: Number(price),
    }));
  }

  /**
   * Puts items back, on top of what is in the cart by now, as far as a quantity can go; answers what did not fit. Products
   * that were deleted meanwhile stay out. The cart is locked.
   */
  async giveBack(em: EntityManager, userId: number, items: readonly CheckoutItem[]): Promise<Lost[]> {
    // The last part still sees the cart as it was before.
    const lost = await rowsOf<{ product_id: string; quantity: number }>(
      em,
      `with item as (
         select product.id as product_id, item.quantity
         from jsonb_to_recordset(?::jsonb) as item("productId" bigint, quantity integer)
         join product_snapshots product on product.id = item."productId" and not product.deleted),
       given as (
         insert into cart_items as held (user_id, product_id, quantity) select ?, product_id, quantity from item
         on conflict (user_id, product_id) do update set quantity = least(10000, held.quantity + excluded.quantity))
       select product_id, held.quantity + item.quantity - 10000 as quantity
       from item join cart_items held using (product_id)
       where held.user_id = ? and held.quantity + item.quantity > 10000`,
      [JSON.stringify(items), userId, userId],
    );
    return lost.map(({ product_id: productId, quantity }) => ({ productId: Number(productId), quantity }));
  }
}

function toItem({ id, user_id, product_id, name, quantity, price }: ItemRow): CartItem {
  return {
    id: Number(id),
    userId: Number(user_id),
    productId: Number(product_id),
    name,
    quantity,
    price: Number(price),
  };
}
