import { aService } from './a-service.js';
import { eventually } from '../../../tests/support/eventually.js';
import { DeliveryHousekeeping, SWEEPS } from '../../src/delivery/housekeeping.js';
import { silentLogger } from '../../src/logging/logger.js';

it('removes what was published or received long ago, and nothing that is still to be published', async () => {
  const service = await aService();
  const sql = <Row>(text: string) => service.database.fork().execute<Row[]>(text);
  await sql(`insert into outbox (id, destination, exchange, type, correlation_id, headers, body, created_at, published_at)
    select gen_random_uuid(), 'bus', '', kind, '', '{}', '{}', now() - interval '9 days', at
    from generate_series(1, 1100), (values ('old', now() - interval '73 hours'), ('fresh', now() - interval '71 hours'), ('waiting', null)) as row(kind, at)`);
  await sql(`insert into inbox (message_id, consumer, received_at)
    values ('old', 'q', now() - interval '73 hours'), ('fresh', 'q', now() - interval '71 hours')`);
  const { database } = service;
  const housekeeping = new DeliveryHousekeeping({ database, logger: silentLogger, retentionDays: 3, intervalMs: 10 });
  await housekeeping.start();
  await eventually(async () => {
    expect(await sql('select type, count(*)::int as count from outbox group by type order by type')).toEqual([
      { type: 'fresh', count: 1_100 },
      { type: 'waiting', count: 1_100 },
    ]);
    expect(await sql('select message_id from inbox')).toEqual([{ message_id: 'fresh' }]);
  });
  await housekeeping.stop();
  await service.stop();
});

it('finds what is old by an index', async () => {
  const service = await aService();
  const plans = await service.database.fork().transactional(async (em) => {
    await em.execute('set local enable_seqscan = off');
    return Promise.all(SWEEPS.map((sweep) => em.execute<object[]>(`explain ${sweep}`, [3])));
  });
  const [outbox, inbox] = plans.map((plan) => JSON.stringify(plan));
  expect(outbox).toContain('outbox_published');
  expect(inbox).toContain('inbox_received');
  await service.stop();
});
