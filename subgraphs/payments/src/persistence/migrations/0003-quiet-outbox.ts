import { Migration } from '@mikro-orm/migrations';
import { deliveryTablesV3 } from '@shop/shared/delivery/delivery-tables';

/** An outbox that notifies nobody. */
export class QuietOutbox extends Migration {
  override up(): void {
    for (const statement of deliveryTablesV3) this.addSql(statement);
  }
}
