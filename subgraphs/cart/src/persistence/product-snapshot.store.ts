import type { Database, EntityManager } from '@shop/shared/persistence/database';
import { rowsOf, withNext } from '@shop/shared/persistence/statements';
import { ProductSnapshotRecord } from './product-snapshot.record.js';
import type { Product } from '../domain/cart.js';

/** The cart's own copy of products. Deletions stay, as tombstones. */
export class ProductSnapshotStore {
  constructor(private readonly database: Database) {}

  /** A product as it is known, a tombstone too; null for one that was never heard of. */
  async find(id: number, em: EntityManager = this.database.fork()): Promise<Product | null> {
    const [row] = await rowsOf(
      em,
      'select id, name, price, stock, version, deleted from product_snapshots where id = ?',
      [id],
    );
    return row ? em.map(ProductSnapshotRecord, row) : null;
  }

  /** Takes over a version that is higher than the one known; a tombstone is never undone. */
  async apply(em: EntityManager, product: Product): Promise<void> {
    await withNext(em, APPLY, values(product));
  }

  /** The same. False when the version is not higher. */
  async applied(em: EntityManager, product: Product): Promise<boolean> {
    return (await rowsOf(em, `${APPLY} returning id`, values(product))).length > 0;
  }
}

const APPLY = `
  insert into product_snapshots as known (id, name, price, stock, version, deleted) values (?, ?, ?, ?, ?, ?)
  on conflict (id) do update
    set name = excluded.name, price = excluded.price, stock = excluded.stock, version = excluded.version,
        deleted = known.deleted or excluded.deleted
    where known.version < excluded.version`;

const values = ({ id, name, price, stock, version, deleted }: Product) => [id, name, price, stock, version, deleted];
