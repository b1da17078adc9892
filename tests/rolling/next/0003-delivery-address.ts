import { Migration } from '@mikro-orm/migrations';

/**
 * Expands: `shipping_address` is to be called `delivery_address`. Versions that know the one name and versions that know
 * the other write side by side, and a trigger keeps both columns the same until the old one is taken away.
 */
export class AddDeliveryAddress extends Migration {
  override up(): void {
    this.addSql('alter table orders add delivery_address text');
    this.addSql(`
      create function keep_addresses_in_step() returns trigger language plpgsql as $$
      begin
        if tg_op = 'INSERT' then
          new.delivery_address := coalesce(new.delivery_address, new.shipping_address);
        elsif new.shipping_address is distinct from old.shipping_address then
          new.delivery_address := new.shipping_address;
        end if;
        new.shipping_address := new.delivery_address;
        return new;
      end $$`);
    this.addSql(`
      create trigger addresses_in_step before insert or update of shipping_address, delivery_address on orders
      for each row execute function keep_addresses_in_step()`);
  }
}
