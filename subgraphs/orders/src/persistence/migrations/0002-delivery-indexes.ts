import { Migration } from '@mikro-orm/migrations';
import { deliveryTablesV2 } from '@shop/shared/delivery/delivery-tables';

/** Indexes by which old rows of the outbox and the inbox are found. */
export class IndexDelivery extends Migration {
  override up(): void {
    for (const statement of deliveryTablesV2) this.addSql(statement);
  }
}
