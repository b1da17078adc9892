import { jest } from '@jest/globals';
import pg from 'pg';
import { aService } from './a-service.js';
import { OutboxConnection } from '../../src/delivery/outbox-connection.js';

describe("a relay's connection", () => {
  let service: Awaited<ReturnType<typeof aService>>;
  let connection: OutboxConnection;

  beforeAll(async () => {
    service = await aService();
    connection = new OutboxConnection(service.url, 'bus', () => undefined);
    await connection.start();
  });
  afterAll(async () => {
    await connection.stop();
    await service.stop();
  });

  it('asks one thing after the other, whatever came of the one before', async () => {
    const asked: string[] = [];
    const query = jest.spyOn(pg.Client.prototype, 'query');
    const texts = () => query.mock.calls.map(([text]) => String(text));
    const answers = ['select pg_sleep(0.1)', 'select 1 / 0', 'select 1 as one'].map((text) =>
      connection.query(text, []).finally(() => asked.push(texts().join('; '))),
    );
    const [, failed, last] = await Promise.allSettled(answers);
    query.mockRestore();
    expect(asked).toEqual([
      'select pg_sleep(0.1)',
      'select pg_sleep(0.1); select 1 / 0',
      'select pg_sleep(0.1); select 1 / 0; select 1 as one',
    ]);
    expect(failed).toMatchObject({ status: 'rejected', reason: { code: '22012' } });
    expect(last).toEqual({ status: 'fulfilled', value: [{ one: 1 }] });
  });
});
