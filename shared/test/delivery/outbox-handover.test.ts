import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { jest } from '@jest/globals';
import { someRelays } from './some-relays.js';
import { eventually } from '../../../tests/support/eventually.js';
import { ClaimedRows } from '../../src/delivery/claimed-rows.js';
import { Transactions } from '../../src/delivery/transactions.js';
import { silentTelemetry } from '../../src/telemetry/telemetry.js';

const made = someRelays();
const { relay, unpublished, collector } = made;

describe('a relay with transactions of its own process', () => {
  let transactions: Transactions;
  beforeEach(() => (transactions = new Transactions(made.service.database, silentTelemetry())));
  const say = (topic: string, count = 1) =>
    transactions.run(async ({ outbox }) => {
      for (let n = 0; n < count; n += 1) outbox.wake(topic, String(n), { n });
    });

  it('hands over what they announce right after the commit, as it was announced, and marks it', async () => {
    const topic = randomUUID();
    const { rows, publish } = collector(topic);
    const running = relay({ publish, transactions });
    await running.start();
    // Past the look of its start: the next is a second away.
    await pause(100);
    const since = performance.now();
    await say(topic, 3);
    expect(performance.now() - since).toBeLessThan(500);
    expect(rows.map(({ body }) => body)).toEqual([{ n: 0 }, { n: 1 }, { n: 2 }]);
    await eventually(async () => expect(await unpublished(topic)).toBe(0), { everyMs: 5 });
    expect(performance.now() - since).toBeLessThan(500);
    const kept = await made.service.database
      .fork()
      .execute<{ at: string; id: string }[]>('select created_at as at, id from outbox where type = ? order by seq', [
        topic,
      ]);
    expect(kept.map(({ at, id }) => [new Date(at), id])).toEqual(rows.map(({ createdAt, id }) => [createdAt, id]));
  });

  it('hands over nothing of what is rolled back', async () => {
    const topic = randomUUID();
    const { rows, publish } = collector(topic);
    await relay({ publish, transactions }).start();
    const work = transactions.run(async ({ em, outbox }) => {
      outbox.wake(topic, '');
      await em.execute('insert into counters values (1, 1)');
    });
    await expect(work).rejects.toThrow();
    await say(topic);
    expect(rows).toHaveLength(1);
  });

  it('leaves them to whoever looks next while the other side is away, and tries again what it does not confirm', async () => {
    const topic = randomUUID();
    const attempts: string[] = [];
    let open = false;
    const running = relay({
      transactions,
      isOpen: () => open,
      publish: async ({ type, correlationId }) => {
        if (type === topic && attempts.push(correlationId) < 3) throw new Error('not confirmed');
      },
    });
    await running.start();
    await say(topic);
    expect(attempts).toEqual([]);
    open = true;
    await say(topic);
    running.retryNow();
    await eventually(async () => expect(await unpublished(topic)).toBe(0), { timeoutMs: 5_000 });
    expect(attempts.length).toBeGreaterThanOrEqual(4);
  });

  it('marks many in few statements, and waits at its stop for what it has in hand', async () => {
    const topic = randomUUID();
    const { rows, publish } = collector(topic);
    const mark = jest.spyOn(ClaimedRows.prototype, 'mark');
    const running = relay({
      transactions,
      publish: async (row) => {
        await pause(50);
        await publish(row);
      },
    });
    await running.start();
    await Promise.all(Array.from({ length: 50 }, () => say(topic)));
    await running.stop();
    expect([rows.length, await unpublished(topic)]).toEqual([50, 0]);
    expect(mark.mock.calls.length).toBeLessThan(25);
    mark.mockRestore();
  });

  it('leaves to others what it has handed over when it died before it could mark it', async () => {
    const topic = randomUUID();
    const dying = relay({ transactions, publish: () => new Promise(() => undefined) });
    await dying.start();
    await say(topic);
    const { rows, publish } = collector(topic);
    // Another one's start frees what nobody may be working on any more.
    await relay({ publish }).start();
    await eventually(() => expect(rows).toHaveLength(1));
  });
});
