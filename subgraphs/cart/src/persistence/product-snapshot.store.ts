import type { Database, EntityManager } from '@shop/shared/persistence/database';
import { ProductSnapshotRecord } from './product-snapshot.record.js';
import type { Product } from '../domain/cart.js';

/** The cart's own copy of products. Deletions stay, as tombstones. */
export class ProductSnapshotStore {
  constructor(private readonly database: Database) {}

  /** A product as it is known, a tombstone too; null for one that was never heard of. */
  async find(id: number, em: EntityManager = this.database.fork()): Promise<Product | null> {
    return em.findOne(ProductSnapshotRecord, { id });
  }

  /** Takes over a version that is higher than the one known. False when it is not; a tombstone is never undone. */
  async apply(em: EntityManager, { id, name, price, stock, version, deleted }: Product): Promise<boolean> {
    const rows = await em.execute(
      `insert into product_snapshots as known (id, name, price, stock, version, deleted) values (?, ?, ?, ?, ?, ?)
       on conflict (id) do update
         set name = excluded.name, price = excluded.price, stock = excluded.stock, version = excluded.version,
             deleted = known.deleted or excluded.deleted
         where known.version < excluded.version
       returning id`,
      [id, name, price, stock, version, deleted],
    );
    return rows.length > 0;
  }
}
