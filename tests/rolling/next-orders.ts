import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What the next version says instead, by file. What is replaced must be there. */
const CHANGES: Readonly<Record<string, readonly (readonly [now: string, next: string])[]>> = {
  'persistence/order.store.js': [['shipping_address', 'delivery_address']],
  'persistence/order-reader.js': [['shipping_address', 'delivery_address']],
  'persistence/order-row.js': [['shipping_address', 'delivery_address']],
  'persistence/order.record.js': [
    ['shippingAddress: p.text()', "shippingAddress: p.text().fieldName('delivery_address')"],
  ],
  'persistence/open-database.js': [
    [
      'export function openDatabase',
      `import { AddDeliveryAddress } from './migrations/0003-delivery-address.ts';
       import { BackfillDeliveryAddress } from './migrations/0004-delivery-address-backfill.ts';
       export function openDatabase`,
    ],
    [
      'class: IndexDelivery',
      `class: IndexDelivery },
       { name: '0003_delivery_address', class: AddDeliveryAddress },
       { name: '0004_delivery_address_backfill', class: BackfillDeliveryAddress`,
    ],
  ],
};

/** The next version of the orders service: this one, with a column under another name, and the migrations to it. */
export class NextOrders {
  private constructor(private readonly folder: string) {}

  /** Makes it of what the build has left; within the repository, where its packages are found. */
  static make(): NextOrders {
    mkdirSync('.cache', { recursive: true });
    const folder = mkdtempSync(join('.cache', 'next-orders-'));
    const next = join(import.meta.dirname, 'next');
    cpSync('subgraphs/orders/dist', folder, { recursive: true });
    cpSync(next, join(folder, 'persistence/migrations'), { recursive: true });
    for (const [file, changes] of Object.entries(CHANGES)) {
      let code = readFileSync(join(folder, file), 'utf8');
      for (const [now, then] of changes) {
        if (!code.includes(now)) throw new Error(`the next version can't be made: ${file} has no "${now}"`);
        code = code.replaceAll(now, then);
      }
      writeFileSync(join(folder, file), code);
    }
    return new NextOrders(folder);
  }

  get script(): string {
    return join(this.folder, 'main.js');
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
