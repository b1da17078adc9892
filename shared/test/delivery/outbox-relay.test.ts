import { randomUUID } from 'node:crypto';
import { someRelays } from './some-relays.js';
import { eventually } from '../../../tests/support/eventually.js';
import { StopTime } from '../../src/lifecycle/stop-time.js';

const { relay, announce, unpublished, collector } = someRelays();

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
