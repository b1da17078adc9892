import { randomUUID } from 'node:crypto';
import { Client, Pool } from 'pg';
import type { Bus } from '@shop/shared/messaging/bus';
import { EmbeddedBus } from '@shop/shared/messaging/embedded-bus';
import { deadLetterQueue } from '@shop/shared/messaging/topology';
import { topicMatches } from '@shop/shared/messaging/topic';
import { type BusHarness, type DeadLetter, testQueues } from './bus-contract.js';

export interface EmbeddedHarness extends BusHarness {
  readonly url: string;
  readonly pool: Pool;
}

/** A database of the test's own. */
export async function embeddedHarness(): Promise<EmbeddedHarness> {
  const server = process.env['DATABASE_URL'];
  if (!server) throw new Error('DATABASE_URL is not set');
  const database = `bus_${randomUUID().replaceAll('-', '')}`;
  await onServer(server, `create database ${database}`);
  const url = new URL(server);
  url.pathname = `/${database}`;
  const pool = new Pool({ connectionString: url.href, max: 2 });
  const buses: Bus[] = [];
  return {
    url: url.href,
    pool,
    bus(service) {
      const bus = new EmbeddedBus({ connectionString: url.href, service, queues: testQueues });
      buses.push(bus);
      return bus;
    },
    async publishForeign(exchange, key, text) {
      const bound = testQueues.filter((queue) => queue.exchange === exchange && topicMatches(queue.key, key));
      for (const { name } of bound)
        await pool.query('select graphile_worker.add_job($1, $2::json)', [name, JSON.stringify({ type: key, text })]);
    },
    async deadLetters(queue) {
      const { rows } = await pool.query<{ payload: DeadLetter }>(
        `select payload from graphile_worker._private_jobs jobs join graphile_worker._private_tasks tasks
         on tasks.id = jobs.task_id where identifier = $1`,
        [deadLetterQueue(queue)],
      );
      return rows.map(({ payload }) => payload);
    },
    async killConsumer() {
      // What is left in the database when a process has died.
      await pool.query(
        `update graphile_worker._private_jobs set locked_by = 'pool-of-a-dead-process' where locked_by is not null`,
      );
    },
    async cutOff(service) {
      await pool.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where datname = current_database() and application_name = $1`,
        [`${service} bus`],
      );
    },
    async dispose() {
      await Promise.all(buses.map((bus) => bus.stop()));
      await pool.end();
      await onServer(server, `drop database ${database} with (force)`);
    },
  };
}

async function onServer(connectionString: string, statement: string): Promise<void> {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
