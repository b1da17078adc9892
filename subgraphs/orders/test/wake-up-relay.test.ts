import { randomUUID } from 'node:crypto';
import type { PubSub } from '@shop/shared/backing/ports';
import { Transactions } from '@shop/shared/delivery/transactions';
import { silentTelemetry } from '@shop/shared/telemetry/telemetry';
import { eventually } from '../../../tests/support/eventually.js';
import { testDatabase } from '../../../tests/support/test-database.js';
import { relayWakeUps } from '../src/live-status/wake-up-relay.js';
import { openDatabase } from '../src/persistence/open-database.js';

/** A Redis that can be away, and says when it is back. Nobody listens at it. */
class LosablePubSub implements PubSub {
  readonly name = 'losable pub/sub';
  readonly taken: string[] = [];
  refused = 0;
  private away = true;
  private readonly listeners = new Set<() => void>();

  async start(): Promise<void> {}

  async stop(): Promise<void> {}

  async publish(_channel: string, message: string): Promise<void> {
    if (!this.away) return void this.taken.push(message);
    this.refused += 1;
    throw new Error('away');
  }

  async subscribe(): Promise<() => Promise<void>> {
    throw new Error('nobody listens here');
  }

  onReconnect(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  comeBack(): void {
    this.away = false;
    for (const listener of this.listeners) listener();
  }
}

const telemetry = silentTelemetry();
let server: Awaited<ReturnType<typeof testDatabase>>;
let database: ReturnType<typeof openDatabase>;
beforeAll(async () => {
  server = await testDatabase();
  database = openDatabase({ DATABASE_URL: server.url, DATABASE_POOL: 3 });
  await database.start();
});
afterAll(async () => {
  await database.stop();
  await server.drop();
});

it('wake-ups that waited for Redis go out when it is back, not when their back-off is over', async () => {
  const pubsub = new LosablePubSub();
  const transactions = new Transactions(database, telemetry);
  const relay = relayWakeUps({ pubsub, transactions, databaseUrl: server.url, telemetry });
  const orderUuid = randomUUID();
  await transactions.run(async ({ outbox }) => {
    outbox.wake('order.version', orderUuid, { user_id: 7, order_uuid: orderUuid, version: 1 });
  });
  await relay.start();
  // The sixth back-off is of 3,200 ms.
  await eventually(() => expect(pubsub.refused).toBe(6), { timeoutMs: 15_000, everyMs: 5 });
  const since = performance.now();
  pubsub.comeBack();
  await eventually(() => expect(pubsub.taken).toEqual([expect.stringContaining(orderUuid)]), { everyMs: 5 });
  expect(performance.now() - since).toBeLessThan(2_500);
  await relay.stop();
});
