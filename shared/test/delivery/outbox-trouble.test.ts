import { randomUUID } from 'node:crypto';
import { jest } from '@jest/globals';
import { someRelays } from './some-relays.js';
import { eventually } from '../../../tests/support/eventually.js';
import { tcpProxy } from '../../../tests/support/tcp-proxy.js';
import { ClaimedRows } from '../../src/delivery/claimed-rows.js';

const made = someRelays();
const { relay, announce, announceClaimed, unpublished, collector } = made;

describe('a relay whose neighbour, server or connection fails', () => {
  it('publishes again what was handed over by a relay that died before it could mark it', async () => {
    const topic = randomUUID();
    await announce(topic);
    const claim = `update outbox set claimed_until = now() + interval '1 minute' where type = ?`;
    await made.service.database.fork().execute(claim, [topic], 'run');
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
    await made.service.database
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
    const proxy = await tcpProxy(made.service.url);
    const url = new URL(made.service.url);
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
});
