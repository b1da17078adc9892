import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { someRelays } from './some-relays.js';
import { eventually } from '../../../tests/support/eventually.js';
import { Undeliverable } from '../../src/messaging/bus.js';
import { silentTelemetry } from '../../src/telemetry/telemetry.js';

const made = someRelays();
const { relay, announce, unpublished, collector } = made;

describe('rows that the other side does not take', () => {
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
    await made.service.database.fork().execute('delete from outbox where type = ?', [odd], 'run');
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
    await made.service.database.fork().execute('delete from outbox where type = ?', [topic], 'run');
  });
});
