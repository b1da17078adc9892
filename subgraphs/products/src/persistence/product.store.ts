import type { Database, EntityManager } from '@shop/shared/persistence/database';
import { arrayLiteral, rowsOf } from '@shop/shared/persistence/statements';
import { ProductRecord, rawToProduct, type RawProductRow, toProduct } from './product.record.js';
import { MAX_STOCK, type Product, type ProductDraft, type ProductPatch } from '../domain/product.js';
import type { Wanted } from '../domain/reservation.js';
import { searchKey, sortKey } from '../domain/search-key.js';

/** The products' rows. A change raises `version` in the same statement, whatever it changes. */
export class ProductStore {
  constructor(private readonly database: Database) {}

  /** The products of these ids, in any order, deleted ones too. */
  async byIds(ids: readonly number[]): Promise<Product[]> {
    const rows = await this.database.fork().find(ProductRecord, { id: { $in: [...ids] } });
    return rows.map(toProduct);
  }

  /** One page by offset, oldest first, and how many products there are. Deleted ones don't count. */
  async pageByOffset(limit: number, offset: number): Promise<{ products: Product[]; total: number }> {
    const em = this.database.fork();
    const [rows, counted] = [
      await em.find(ProductRecord, { deletedAt: null }, { orderBy: { id: 'asc' }, limit, offset }),
      await rowsOf<{ total: string }>(em, 'select count(*) as total from products where deleted_at is null'),
    ];
    return { products: rows.map(toProduct), total: Number(counted[0]?.total) };
  }

  /** Whether there has ever been a product: deleted ones stay. */
  async isEmpty(em: EntityManager): Promise<boolean> {
    return (await rowsOf(em, 'select 1 from products limit 1')).length === 0;
  }

  /** The new products, in the order of the drafts. */
  async insert(em: EntityManager, drafts: readonly ProductDraft[], now: Date): Promise<Product[]> {
    const rows = drafts.map(({ name, description, price, stock }) => ({
      name,
      name_key: sortKey(name),
      description: description ?? null,
      description_key: searchKey(description ?? ''),
      price,
      stock,
    }));
    const inserted = await rowsOf<RawProductRow>(
      em,
      `insert into products (name, name_key, description, description_key, price, stock, created_at, updated_at)
       select name, name_key, description, description_key, price, stock, ?::timestamptz, ?::timestamptz
       from rows from (jsonb_to_recordset(?::jsonb)
         as (name text, name_key text, description text, description_key text, price bigint, stock integer))
         with ordinality as draft order by ordinality
       returning *`,
      [now, now, JSON.stringify(rows)],
    );
    return inserted.map(rawToProduct).sort((a, b) => a.id - b.id);
  }

  /** The changed product; null when it is not there, deleted, or, where versions are expected, at none of them. */
  async update(
    em: EntityManager,
    id: number,
    patch: ProductPatch,
    expected: readonly number[] | undefined,
    now: Date,
  ): Promise<Product | null> {
    const { name, description, price, stock } = patch;
    const columns: Record<string, string | number | null> = {
      ...(typeof name === 'string' && { name, name_key: sortKey(name) }),
      ...(description !== undefined && { description, description_key: searchKey(description ?? '') }),
      ...(typeof price === 'number' && { price }),
      ...(typeof stock === 'number' && { stock }),
    };
    const assignments = Object.keys(columns).map((column) => `${column} = ?, `);
    const rows = await rowsOf<RawProductRow>(
      em,
      `update products set ${assignments.join('')} version = version + 1, updated_at = ?
       where id = ? and deleted_at is null ${expected ? 'and version = any(?::bigint[])' : ''} returning *`,
      [...Object.values(columns), now, id, ...(expected ? [arrayLiteral(expected)] : [])],
    );
    return rows.map(rawToProduct)[0] ?? null;
  }

  /** The product as it was deleted; null when there was none. */
  async delete(em: EntityManager, id: number, now: Date): Promise<Product | null> {
    const rows = await rowsOf<RawProductRow>(
      em,
      `update products set deleted_at = ?, version = version + 1, updated_at = ?
       where id = ? and deleted_at is null returning *`,
      [now, now, id],
    );
    return rows.map(rawToProduct)[0] ?? null;
  }

  /** The stock of these products, by id, locked in ascending id until the transaction ends. Deleted ones are missing. */
  async lockStock(em: EntityManager, ids: readonly number[]): Promise<Map<number, number>> {
    const rows = await rowsOf<{ id: string; stock: number }>(
      em,
      `select id, stock from products where id = any(?::bigint[]) and deleted_at is null order by id for update`,
      [arrayLiteral(ids)],
    );
    return new Map(rows.map(({ id, stock }) => [Number(id), stock]));
  }

  /** Takes from the stock of products that are locked. The guard keeps any other mistake from selling what isn't there. */
  async take(em: EntityManager, items: readonly Wanted[], now: Date): Promise<Product[]> {
    const changed = await this.changeStock(em, items, 'stock - quantity', 'and stock >= quantity', now);
    if (changed.length !== items.length) throw new Error('the stock changed under its lock');
    return changed;
  }

  /** Gives back to products, deleted ones too; an administrator may have filled the shelf meanwhile: `lost` did not fit. */
  async giveBack(
    em: EntityManager,
    items: readonly Wanted[],
    now: Date,
  ): Promise<{ readonly products: Product[]; readonly lost: readonly Wanted[] }> {
    const ids = arrayLiteral(items.map(({ productId }) => productId));
    const sql = 'select id, stock from products where id = any(?::bigint[]) order by id for update';
    const held = await rowsOf<{ id: string; stock: number }>(em, sql, [ids]);
    const stocks = new Map(held.map(({ id, stock }) => [Number(id), stock]));
    const lost = items
      .map((item) => ({ ...item, quantity: (stocks.get(item.productId) ?? 0) + item.quantity - MAX_STOCK }))
      .filter(({ quantity }) => quantity > 0);
    const products = await this.changeStock(em, items, `least(stock::bigint + quantity, ${MAX_STOCK})`, '', now);
    return { products, lost };
  }

  private async changeStock(
    em: EntityManager,
    items: readonly Wanted[],
    newStock: string,
    guard: string,
    now: Date,
  ): Promise<Product[]> {
    const rows = await rowsOf<RawProductRow>(
      em,
      `update products set stock = ${newStock}, version = version + 1, updated_at = ?
       from jsonb_to_recordset(?::jsonb) as item("productId" bigint, quantity integer)
       where id = item."productId" ${guard} returning products.*`,
      [now, JSON.stringify(items)],
    );
    return rows.map(rawToProduct);
  }
}
