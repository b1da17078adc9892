import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { jest } from '@jest/globals';
import { z } from 'zod';
import { aService } from './a-service.js';
import { eventually } from '../../../tests/support/eventually.js';
import { tcpProxy } from '../../../tests/support/tcp-proxy.js';
import { ClaimedRows } from '../../src/delivery/claimed-rows.js';
import { OutboxRelay } from '../../src/delivery/outbox-relay.js';
import type { OutboxRow } from '../../src/delivery/outbox.js';
import { Transactions } from '../../src/delivery/transactions.js';
import { StopTime } from '../../src/lifecycle/stop-time.js';
import { Undeliverable } from '../../src/messaging/bus.js';
import { silentTelemetry } from '../../src/telemetry/telemetry.js';

let service: Awaited<ReturnType<typeof aService>>;
beforeAll(async () => void (service = await aService()));
afterAll(() => service.stop());

type Options = ConstructorParameters<typeof OutboxRelay>[0];
const relays: OutboxRelay[] = [];
/** A relay that is stopped after its test, as it would take the rows of the next. */
const relay = (options: Partial<Options> & Pick<Options, 'publish'>) => {
  const made = new OutboxRelay({
    destination: 'redis',
    databaseUrl: service.url,
    telemetry: silentTelemetry(),
    ...options,
  });
  relays.push(made);
  return made;
};
afterEach(async () => {
  await Promise.all(relays.splice(0).map((each) => each.stop()));
});

const announce = (topic: string, count = 1) =>
  service.transactions.run(async ({ outbox }) => {
    for (let n = 0; n < count; n += 1) outbox.wake(topic, String(n), { n });
  });

/** Announces something that somebody has claimed already. `until`: an SQL expression. */
const announceClaimed = (topic: string, until: string) =>
  service.database.fork().execute(
    `insert into outbox (id, destination, exchange, type, correlation_id, headers, body, claimed_until)
     values (gen_random_uuid(), 'redis', '', ?, '', '{}', '{}', ${until})`,
    [topic],
    'run',
  );

const unpublished = async (topic: string) => {
  const [row] = await service.database
    .fork()
    .execute<{ count: number }[]>('select count(*)::int as count from outbox where type = ? and published_at is null', [
      topic,
    ]);
  return row?.count;
};

/** Collects the rows of one topic; other tests' rows pass by. */
const collector = (topic: string) => {
  const rows: OutboxRow[] = [];
  return { rows, publish: async (row: OutboxRow) => void (row.type === topic && rows.push(row)) };
};

describe('the outbox relay', () => {
  it('publishes rows in the order in which they were announced, and marks them', async () => {
    const topic = randomUUID();
    const { rows, publish } = collector(topic);
    await announce(topic, 250);
    const running = relay({ publish });
    await running.start();
    await eventually(async () => expect(await unpublished(topic)).toBe(0));
    await running.stop();
    expect(rows.map((row) => row.correlationId)).toEqual(Array.from({ length: 250 }, (_, n) => String(n)));
    expect(rows.every((row) => row.createdAt instanceof Date)).toBe(true);
  });

  it('takes what another process announced, and did not hand over, by its poll', async () => {
    const topic = randomUUID();
    const { rows, publish } = collector(topic);
    const running = relay({ publish });
    await running.start();
    const since = performance.now();
    await announce(topic);
    await eventually(() => expect(rows).toHaveLength(1), { everyMs: 2 });
    expect(performance.now() - since).toBeLessThan(2_000);
    await running.stop();
  });

  describe('with transactions of its own process', () => {
    let transactions: Transactions;
    beforeEach(() => (transactions = new Transactions(service.database, silentTelemetry())));
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
      const kept = await service.database
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

  it('keeps a row that was not confirmed and tries again; what was confirmed beside it is not repeated', async () => {
    const topic = randomUUID();
    const attempts: string[] = [];
    const running = relay({
      publish: async (row) => {
        if (row.type !== topic) return;
        attempts.push(row.correlationId);
        if (row.correlationId === '1' && attempts.filter((id) => id === '1').length < 3)
          throw new Error('not confirmed');
      },
    });
    await announce(topic, 3);
    await running.start();
    await eventually(async () => expect(await unpublished(topic)).toBe(0));
    await running.stop();
    expect(attempts.toSorted()).toEqual(['0', '1', '1', '1', '2']);
  });

  it('waits while the other side is away, then goes on', async () => {
    const topic = randomUUID();
    const { rows, publish } = collector(topic);
    let open = false;
    const running = relay({ publish, isOpen: () => open });
    await announce(topic);
    await running.start();
    await announce(topic);
    expect(rows).toHaveLength(0);
    open = true;
    running.wake();
    await eventually(() => expect(rows).toHaveLength(2));
    await running.stop();
  });

  it('tries again at once, even out of a back-off, when it hears that the other side is back', async () => {
    const topic = randomUUID();
    let [away, attempts] = [true, 0];
    const running = relay({
      publish: async ({ type }) => {
        if (type !== topic) return;
        attempts += 1;
        if (away) throw new Error('away');
      },
    });
    await announce(topic);
    await running.start();
    // The fourth back-off is of 800 ms.
    await eventually(() => expect(attempts).toBe(4), { timeoutMs: 5_000 });
    away = false;
    const since = performance.now();
    running.wake();
    running.retryNow();
    await eventually(async () => expect(await unpublished(topic)).toBe(0), { everyMs: 5 });
    expect(performance.now() - since).toBeLessThan(400);
    await running.stop();
  });

  it('does not wait longer for an answer than its stop has time', async () => {
    const topic = randomUUID();
    let asked = 0;
    let letGo: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (letGo = resolve));
    const running = relay({
      publish: async ({ type }) => {
        if (type !== topic) return;
        asked += 1;
        await gate;
      },
    });
    await announce(topic);
    await running.start();
    await eventually(() => expect(asked).toBe(1));
    const since = performance.now();
    await running.stop(new StopTime(500));
    expect(performance.now() - since).toBeLessThan(2_500);
    letGo();
  });

  it('says when nothing is left that it could hand over', async () => {
    const topic = randomUUID();
    const { rows, publish } = collector(topic);
    const idle: number[] = [];
    await announce(topic, 150);
    const running = relay({ publish, onIdle: async () => void idle.push(rows.length) });
    await running.start();
    await eventually(() => expect(idle.length).toBeGreaterThan(0));
    await running.stop();
    expect(idle[0]).toBe(150);
  });

  it('shares the work with other relays: no row twice', async () => {
    const topic = randomUUID();
    const { rows, publish } = collector(topic);
    const sharing = [relay({ publish }), relay({ publish }), relay({ publish })];
    await Promise.all(sharing.map((each) => each.start()));
    await Promise.all(Array.from({ length: 10 }, () => announce(topic, 30)));
    await eventually(async () => expect(await unpublished(topic)).toBe(0));
    await Promise.all(sharing.map((each) => each.stop()));
    expect(rows).toHaveLength(300);
    expect(new Set(rows.map((row) => row.id)).size).toBe(300);
  });

  it('publishes again what was handed over by a relay that died before it could mark it', async () => {
    const topic = randomUUID();
    await announce(topic);
    const claim = `update outbox set claimed_until = now() + interval '1 minute' where type = ?`;
    await service.database.fork().execute(claim, [topic], 'run');
    const { rows, publish } = collector(topic);
    const running = relay({ publish });
    await running.start();
    await eventually(() => expect(rows).toHaveLength(1));
    await running.stop();
  });

  it('takes up what a relay that hangs has claimed, once its lease is over', async () => {
    const topic = randomUUID();
    const { rows, publish } = collector(topic);
    const running = relay({ publish });
    await running.start();
    await announceClaimed(topic, `now() + interval '500 milliseconds'`);
    await eventually(() => expect(rows).toHaveLength(1));
    await running.stop();
  });

  it('marks again what it could not mark, and publishes it once', async () => {
    const topic = randomUUID();
    const { rows: published, publish } = collector(topic);
    const mark = jest.spyOn(ClaimedRows.prototype, 'mark').mockRejectedValueOnce(new Error('the server is away'));
    const running = relay({ publish });
    await announce(topic);
    await running.start();
    await eventually(async () => expect(await unpublished(topic)).toBe(0));
    expect([mark.mock.calls.length, published.length]).toEqual([2, 1]);
    mark.mockRestore();
    await running.stop();
  });

  it('goes on after its connection was cut', async () => {
    const topic = randomUUID();
    const { rows, publish } = collector(topic);
    const running = relay({ publish });
    await running.start();
    // As if a claim had been made whose answer got lost.
    await announceClaimed(topic, `'infinity'`);
    await service.database
      .fork()
      .execute(
        `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'outbox relay' and datname = current_database()`,
      );
    await announce(topic);
    await eventually(() => expect(rows).toHaveLength(2));
    await running.stop();
  });

  it('makes its connection anew when nobody answers at the other end, and stops when nobody says goodbye', async () => {
    const topic = randomUUID();
    const { rows, publish } = collector(topic);
    const proxy = await tcpProxy(service.url);
    const url = new URL(service.url);
    url.host = proxy.host;
    const silence = () => proxy.passages().forEach((passage) => passage.swallow());
    const running = relay({ publish, databaseUrl: url.href, answerWithinMs: 500 });
    await running.start();
    silence();
    await announce(topic);
    await eventually(() => expect(rows).toHaveLength(1), { timeoutMs: 15_000 });
    silence();
    const since = performance.now();
    await running.stop();
    expect(performance.now() - since).toBeLessThan(6_000);
    await proxy.close();
  });

  it('lets what is announced later pass rows that the other side does not take, and takes those there when it can', async () => {
    const [stuck, behind] = [randomUUID(), randomUUID()];
    const { rows, publish } = collector(behind);
    const telemetry = silentTelemetry();
    let refusals = 0;
    let mended = false;
    // More than a relay takes at once.
    await announce(stuck, 130);
    const running = relay({
      telemetry,
      publish: async (row) => {
        if (row.type === stuck && !mended) throw (refusals++, new Undeliverable('no queue takes it'));
        await publish(row);
      },
    });
    await running.start();
    await eventually(() => expect(refusals).toBeGreaterThanOrEqual(130));
    await announce(behind, 20);
    const since = performance.now();
    await eventually(() => expect(rows).toHaveLength(20), { everyMs: 2 });
    expect(performance.now() - since).toBeLessThan(1_900);
    const { text } = await telemetry.metrics.exposition();
    expect(Number(/^outbox_unroutable_total{destination="redis".*} (\d+)$/m.exec(text)?.[1])).toBeGreaterThanOrEqual(
      130,
    );

    mended = true;
    await eventually(async () => expect(await unpublished(stuck)).toBe(0), { timeoutMs: 15_000 });
    await running.stop();
  });

  it('sets aside also what is not what a row of its kind must be, at once or later', async () => {
    const [odd, behind] = [randomUUID(), randomUUID()];
    const { rows, publish } = collector(behind);
    await announce(odd, 130);
    let refusals = 0;
    const running = relay({
      publish: (row) => {
        if (row.type !== odd) return publish(row);
        refusals += 1;
        z.literal('another').parse(row.type);
        return Promise.resolve();
      },
    });
    await running.start();
    await eventually(() => expect(refusals).toBeGreaterThanOrEqual(130));
    await announce(behind, 20);
    await eventually(() => expect(rows).toHaveLength(20));
    await running.stop();
    await service.database.fork().execute('delete from outbox where type = ?', [odd], 'run');
  });

  it('tries a row that is not taken less and less often', async () => {
    const topic = randomUUID();
    const attempts: number[] = [];
    const running = relay({
      publish: async (row) => {
        if (row.type === topic) throw (attempts.push(performance.now()), new Undeliverable('no queue takes it'));
      },
    });
    await announce(topic);
    await running.start();
    await eventually(() => expect(attempts).toHaveLength(4), { timeoutMs: 20_000 });
    await running.stop();
    const [first = 0, second = 0, third = 0, fourth = 0] = attempts;
    expect(second - first).toBeGreaterThan(900);
    expect(fourth - third).toBeGreaterThan(1.5 * (second - first));
    await service.database.fork().execute('delete from outbox where type = ?', [topic], 'run');
  });

  it('hands over what was announced just before the stop', async () => {
    const topic = randomUUID();
    const { rows, publish } = collector(topic);
    const running = relay({ publish });
    for (let round = 1; round <= 20; round += 1) {
      await running.start();
      await announce(topic);
      await running.stop();
      expect(rows).toHaveLength(round);
    }
  });
});
