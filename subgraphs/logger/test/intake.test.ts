import { randomUUID } from 'node:crypto';
import { anEntry, LoggerService } from './logger-service.js';
import { eventually } from '../../../tests/support/eventually.js';

let service: LoggerService;
beforeAll(async () => {
  service = await LoggerService.start();
});
afterAll(() => service?.stop());

const QUEUE = 'logger:all';

describe('log events', () => {
  it('are kept as they are, whatever their key', async () => {
    const fields = { order_uuid: randomUUID(), attempt: 1 };
    await service.publish(anEntry({ service: 'a', level: 'warn', trace_id: 'abc', fields }), undefined, 'log.warn');
    await service.publish(anEntry({ service: 'a', message: '' }), undefined, 'anything.else');
    expect(await service.arrived('a', 2)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ level: 'WARN', message: 'order placed', traceId: 'abc', fields }),
        expect.objectContaining({ level: 'INFO', message: '', traceId: null, fields: null }),
      ]),
    );
  });

  it('that come again are kept once', async () => {
    const properties = { messageId: randomUUID() };
    for (let time = 0; time < 3; time += 1) await service.publish(anEntry({ service: 'b' }), properties);
    await service.publish(anEntry({ service: 'b', message: 'the last' }));
    await eventually(async () => expect(await service.count(`message = 'the last'`)).toBe(1));
    expect(await service.count(`service = 'b'`)).toBe(2);
  });

  it('of other loggers are understood, and what nothing can keep is replaced', async () => {
    await service.publish(anEntry({ service: 'c', level: 'FATAL', message: 'a\0b\ud800' }));
    expect(await service.arrived('c', 1)).toMatchObject([{ level: 'ERROR', message: 'a\ufffdb\ufffd' }]);
  });

  it.each<[string, unknown, string]>([
    ['no JSON', Buffer.from('nonsense'), 'no JSON'],
    ['nothing', Buffer.from(''), 'no JSON'],
    ['no object', [1], 'body'],
    ['a level that nobody knows', anEntry({ level: 'loud' }), 'level must be debug, info, warn or error'],
    ['no time', anEntry({ time: undefined }), 'time'],
    ['a time that is none', anEntry({ time: 'yesterday' }), 'the time must be as ISO 8601 writes it'],
    ['fields that are none', anEntry({ fields: 'x' }), 'fields'],
  ])('that are %s become dead letters, with the reason', async (_what, body, reason) => {
    await service.publish(body);
    await eventually(async () => {
      const [letter] = await service.probe.deadLetters(QUEUE);
      expect(letter?.headers['reason']).toContain(reason);
    });
  });

  it('of services in the same process come without the bus', async () => {
    const entry = { level: 'debug', service: 'd', message: 'hello', time: '2026-01-02T03:04:05.678Z' } as const;
    service.inProcess.logs.publish({ ...entry, trace_id: 'abc', fields: { a: 1 } });
    expect(await service.arrived('d', 1)).toMatchObject([
      { level: 'DEBUG', message: 'hello', timestamp: entry.time, traceId: 'abc', fields: { a: 1 } },
    ]);
  });
});

it('log events stay with the broker until the database has them, whatever becomes of the logger', async () => {
  const holder = await service.sql.connect();
  await holder.query('begin; lock table log_entries in access exclusive mode');
  const COUNT = 600;
  const all = Array.from({ length: COUNT }, (_, n) => service.publish(anEntry({ service: 'outage', message: `${n}` })));
  await Promise.all(all);
  // The logger has some of them in hand, and its statement waits.
  await eventually(async () => {
    const { rows } = await holder.query(
      `select from pg_stat_activity where datname = current_database()
       and application_name = 'log intake' and wait_event_type = 'Lock'`,
    );
    expect(rows).toHaveLength(1);
  });
  await service.stopProcesses();
  await holder.query('commit');
  holder.release();
  await service.addProcess({});
  await eventually(async () => expect(await service.count(`service = 'outage'`)).toBe(COUNT), { timeoutMs: 30_000 });
});

describe('a flood', () => {
  const COUNT = 10_000;

  it('is kept whole and once, while a consumer comes, is cut off, and goes', async () => {
    const entries = Array.from({ length: COUNT }, (_, n) =>
      service.publish(anEntry({ service: 'flood', message: `entry ${n}` })),
    );
    const second = await service.addProcess();
    await eventually(async () => expect(await service.count(`service = 'flood'`)).toBeGreaterThan(COUNT / 10), {
      timeoutMs: 20_000,
    });
    // The database throws everybody out in the middle of it, and the second consumer stops with messages in hand.
    await service.sql.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where datname = current_database() and application_name = 'log intake'`,
    );
    await second.stop();
    await Promise.all(entries);
    await eventually(async () => expect(await service.count(`service = 'flood'`)).toBe(COUNT), { timeoutMs: 30_000 });
    const { rows } = await service.sql.query<{ count: string }>(
      `select count(distinct message) from log_entries where service = 'flood'`,
    );
    expect(Number(rows[0]?.count)).toBe(COUNT);
  });
});
