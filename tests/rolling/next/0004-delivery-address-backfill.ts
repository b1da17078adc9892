import { Migration } from '@mikro-orm/migrations';

/** Fills the new column of old rows, a thousand at a time: each batch commits, so that no order is locked for long. */
export class BackfillDeliveryAddress extends Migration {
  override isTransactional(): boolean {
    return false;
  }

  override up(): void {
    this.addSql(`
      do $$
      declare last bigint := 0;
      begin
        while last is not null loop
          with batch as (select id from orders where id > last order by id limit 1000),
               filled as (
                 update orders set delivery_address = shipping_address where id in (select id from batch)
                 and delivery_address is null and shipping_address is not null)
          select max(id) into last from batch;
          commit;
        end loop;
      end $$`);
  }
}
