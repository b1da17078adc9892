import { randomUUID } from 'node:crypto';
import { aService } from './a-service.js';
import { stockReserved } from '../../src/contracts/stock-events.js';
import type { Tx } from '../../src/delivery/transactions.js';

let service: Awaited<ReturnType<typeof aService>>;
beforeAll(async () => void (service = await aService()));
afterAll(() => service.stop());

const increment = ({ em }: Tx, id = 1) => em.execute('update counters set value = value + 1 where id = ?', [id], 'run');
const value = async (id = 1) => {
  const [row] = await service.database
    .fork()
    .execute<{ value: number }[]>('select value from counters where id = ?', [id]);
  return row?.value;
};
const announced = async (orderUuid: string) =>
  service.database.fork().execute('select * from outbox where correlation_id = ?', [orderUuid]);

describe('a transaction', () => {
  it('commits state and announcements together', async () => {
    const orderUuid = randomUUID();
    const before = await value();
    const seen: (number | undefined)[] = [];
    await service.transactions.run(async (tx) => {
      await increment(tx);
      tx.outbox.publish(stockReserved, orderUuid, { order_uuid: orderUuid });
      seen.push(await value());
    });
    expect(seen).toEqual([before]);
    expect(await value()).toBe((before ?? 0) + 1);
    expect(await announced(orderUuid)).toMatchObject([
      { type: 'stock.reserved', body: { order_uuid: orderUuid }, published_at: null },
    ]);
  });

  it('leaves nothing behind when it fails', async () => {
    const orderUuid = randomUUID();
    const before = await value();
    const failing = service.transactions.run(async (tx) => {
      await increment(tx);
      tx.outbox.publish(stockReserved, orderUuid, { order_uuid: orderUuid });
      throw new Error('on purpose');
    });
    await expect(failing).rejects.toThrow('on purpose');
    expect(await value()).toBe(before);
    expect(await announced(orderUuid)).toEqual([]);
  });

  it('refuses to announce a body that the contract does not know', async () => {
    await expect(
      service.transactions.run(async (tx) => tx.outbox.publish(stockReserved, 'x', { order_uuid: 'no uuid' })),
    ).rejects.toThrow();
  });

  it('runs again after a deadlock', async () => {
    const before = (await value(1)) ?? 0;
    const meet = meeting(2);
    const both = (first: number, second: number) => {
      let met = false;
      return service.transactions.run(async (tx) => {
        await increment(tx, first);
        if (!met) await meet();
        met = true;
        await increment(tx, second);
      });
    };
    await Promise.all([both(1, 2), both(2, 1)]);
    expect(await value(1)).toBe(before + 2);
  });

  it('handles a message once, however often and however parallel it comes', async () => {
    const before = (await value()) ?? 0;
    const message = { messageId: randomUUID(), consumer: 'test:queue' };
    const results = await Promise.all(
      Array.from({ length: 8 }, () => service.transactions.runOnce(message, async (tx) => increment(tx))),
    );
    expect(results.filter((result) => result !== undefined)).toHaveLength(1);
    expect(await value()).toBe(before + 1);
  });

  it('handles a message again when its first handling failed', async () => {
    const message = { messageId: randomUUID(), consumer: 'test:queue' };
    await expect(service.transactions.runOnce(message, () => Promise.reject(new Error('crash')))).rejects.toThrow(
      'crash',
    );
    expect(await service.transactions.runOnce(message, async () => 'handled')).toBe('handled');
  });
});

describe('migrations', () => {
  it('run once when several processes start together', async () => {
    const others = [service.open(), service.open(), service.open()];
    await Promise.all(others.map((database) => database.start()));
    expect(await service.database.fork().execute('select name from migrations')).toHaveLength(1);
    await Promise.all(others.map((database) => database.stop()));
  });
});

/** Resolves for everybody once `count` have come. */
function meeting(count: number): () => Promise<void> {
  let open: () => void = () => undefined;
  const everybody = new Promise<void>((resolve) => (open = resolve));
  let present = 0;
  return () => {
    present += 1;
    if (present === count) open();
    return everybody;
  };
}
