import { LoggerService } from './logger-service.js';
import { eventually } from '../../../tests/support/eventually.js';

let service: LoggerService;
afterEach(() => service.stop());

const insert = (count: number, receivedAt: string, name: string) =>
  service.sql.query(
    `insert into log_entries (entry_id, logged_at, received_at, level, service, message, words)
     select gen_random_uuid(), now(), ${receivedAt}, 'info', $1, n::text, ''::tsvector from generate_series(1, ${count}) n`,
    [name],
  );
const left = async () => {
  const { rows } = await service.sql.query<{ service: string; count: number }>(
    'select service, count(*)::int as count from log_entries group by service order by service',
  );
  return Object.fromEntries(rows.map(({ service: name, count }) => [name, count]));
};

it('forgets what is too old, in steps, and nothing else', async () => {
  service = await LoggerService.start({ LOG_RETENTION_DAYS: '3' }, 100);
  await insert(2_500, `now() - interval '73 hours'`, 'old');
  await insert(50, `now() - interval '71 hours'`, 'young');
  await eventually(async () => expect(await left()).toEqual({ young: 50 }));
});

it('forgets what came first when there is too much, in steps', async () => {
  service = await LoggerService.start({ LOG_MAX_ENTRIES: '1000' }, 100);
  await insert(2_700, 'now()', 'first');
  await insert(900, 'now()', 'second');
  await eventually(async () => expect(await left()).toEqual({ first: 100, second: 900 }));
  const { rows } = await service.sql.query<{ message: string }>(
    `select message from log_entries where service = 'first' order by id limit 1`,
  );
  expect(rows).toEqual([{ message: '2601' }]);
});

it('forgets what came first when it takes too much room, about as much as the database says', async () => {
  service = await LoggerService.start({ LOG_MAX_MB: '4' }, 100);
  const words = `(select string_agg(md5(n::text || k), ' ') from generate_series(1, 20) k)`;
  await service.sql.query(
    `insert into log_entries (entry_id, logged_at, level, service, message, words)
     select gen_random_uuid(), now(), 'info', 'large', ${words}, ${words}::tsvector from generate_series(1, 6000) n`,
  );
  const { rows } = await service.sql.query<{ each: string }>(
    `select pg_total_relation_size('log_entries') / 6000 as each`,
  );
  const fitting = 4_000_000 / Number(rows[0]?.each);
  await eventually(async () => expect(await service.count()).toBeLessThan(fitting * 1.6));
  expect(await service.count()).toBeGreaterThan(fitting * 0.6);
  const [oldest] = (await service.sql.query<{ id: string }>('select min(id) as id from log_entries')).rows;
  expect(Number(oldest?.id)).toBeGreaterThan(1_000);
});

it('may be cleaned up by several processes while entries come', async () => {
  service = await LoggerService.start({ LOG_MAX_ENTRIES: '1000' }, 50);
  await service.addProcess({ PORT: '0', GRPC_PORT: '0' }, 50);
  for (let times = 0; times < 5; times += 1) {
    await insert(1_000, 'now()', `batch ${times}`);
    expect((await service.ingest({ service: 'batch 4', message: 'x' })).status).toBe(202);
  }
  await eventually(async () => expect(await service.count()).toBe(1_000));
  expect(Object.keys(await left())).toContain('batch 4');
});
