import { defineEntity, p } from '@mikro-orm/postgresql';

export const ProductSnapshotRecord = defineEntity({
  name: 'ProductSnapshot',
  tableName: 'product_snapshots',
  properties: {
    id: p.bigint('number').primary(),
    name: p.text(),
    price: p.bigint('number'),
    stock: p.integer(),
    version: p.bigint('number'),
    deleted: p.boolean(),
  },
});
