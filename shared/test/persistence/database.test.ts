import { aService } from '../delivery/a-service.js';

it('a transaction that its process forgets does not hold its locks for ever', async () => {
  const service = await aService();
  const [row] = await service.database
    .fork()
    .execute<{ idle_in_transaction_session_timeout: string }[]>('show idle_in_transaction_session_timeout');
  expect(row).toEqual({ idle_in_transaction_session_timeout: '1min' });
  await service.stop();
});
