import { Pool } from 'pg';
import type { Bus } from '@shop/shared/messaging/bus';
import { EmbeddedBus } from '@shop/shared/messaging/embedded-bus';
import { EmbeddedDeadLetters } from '@shop/shared/messaging/embedded-dead-letters';
import { topicMatches } from '@shop/shared/messaging/topic';
import { testDatabase } from '../../../tests/support/test-database.js';
import { type BusHarness, testQueues } from './bus-harness.js';

export interface EmbeddedHarness extends BusHarness {
  readonly pool: Pool;
}

/** A database of the test's own. */
export async function embeddedHarness(): Promise<EmbeddedHarness> {
  const database = await testDatabase();
  const pool = new Pool({ connectionString: database.url, max: 2 });
  const buses: Bus[] = [];
  return {
    pool,
    bus(service) {
      const bus = new EmbeddedBus({ connectionString: database.url, service, queues: testQueues });
      buses.push(bus);
      return bus;
    },
    async publishForeign(exchange, key, text) {
      const bound = testQueues.filter((queue) => queue.exchange === exchange && topicMatches(queue.key, key));
      for (const { name } of bound)
        await pool.query('select graphile_worker.add_job($1, $2::json)', [name, JSON.stringify({ type: key, text })]);
    },
    letters: new EmbeddedDeadLetters(database.url),
    async killConsumers() {
      // What is left in the database when a process has died.
      await pool.query(
        `update graphile_worker._private_jobs set locked_by = 'pool-of-a-dead-process' where locked_by is not null`,
      );
    },
    async cutOff() {
      await pool.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where datname = current_database() and application_name like '% bus'`,
      );
    },
    async dispose() {
      await Promise.all(buses.map((bus) => bus.stop()));
      await pool.end();
      await database.drop();
    },
  };
}
