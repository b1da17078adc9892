import { Migration } from '@mikro-orm/migrations';
import { defineEntity, p } from '@mikro-orm/postgresql';
import { testDatabase } from '../../../tests/support/test-database.js';
import { deliveryTablesV1, deliveryTablesV2, deliveryTablesV3 } from '../../src/delivery/delivery-tables.js';
import { Transactions } from '../../src/delivery/transactions.js';
import { silentLogger } from '../../src/logging/logger.js';
import { Database } from '../../src/persistence/database.js';

const Counter = defineEntity({
  name: 'Counter',
  tableName: 'counters',
  properties: { id: p.integer().primary(), value: p.integer() },
});

class CreateTables extends Migration {
  override up(): void {
    for (const statement of [...deliveryTablesV1, ...deliveryTablesV2, ...deliveryTablesV3]) this.addSql(statement);
    this.addSql('create table counters (id int primary key, value int not null)');
    this.addSql('insert into counters values (1, 0), (2, 0)');
  }
}

/** The smallest service there is: a table of counters, an outbox and an inbox. */
export async function aService() {
  const { url, drop } = await testDatabase();
  const open = (at = url, more: { answerWithinMs?: number; poolSize?: number } = {}) =>
    new Database({
      url: at,
      entities: [Counter],
      migrations: [{ name: '0001_tables', class: CreateTables }],
      poolSize: 5,
      ...more,
    });
  const database = open();
  await database.start();
  const transactions = new Transactions(database, { logger: silentLogger });
  const stop = async () => {
    await database.stop();
    await drop();
  };
  return { url, database, open, transactions, stop };
}
