import { randomUUID } from 'node:crypto';
import { aService } from './a-service.js';
import { stockFailed, stockReserved } from '../../src/contracts/stock-events.js';
import { Transactions, type Tx } from '../../src/delivery/transactions.js';
import { createLogger } from '../../src/logging/logger.js';

let service: Awaited<ReturnType<typeof aService>>;
beforeAll(async () => void (service = await aService()));
afterAll(() => service.stop());

describe('the log of a transaction', () => {
  const lines: string[] = [];
  const told = () => lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  const stream = { write: (line: string) => void lines.push(line) };
  const logger = createLogger('products', 'info', { destinations: [{ level: 'info', stream }] });
  const transactions = () => new Transactions(service.database, { logger });
  const orderUuid = randomUUID();
  const reserve = ({ outbox }: Tx) => outbox.publish(stockReserved, orderUuid, { order_uuid: orderUuid });

  beforeEach(() => void (lines.length = 0));

  it('tells each step that was announced or noted, once it is committed', async () => {
    await transactions().run(async (tx) => {
      tx.note('checkout taken', orderUuid);
      reserve(tx);
      tx.outbox.publish(stockFailed, orderUuid, { order_uuid: orderUuid, reason: 'insufficient stock', shortages: [] });
      expect(lines).toEqual([]);
    });
    const common = { level: 'info', service: 'products', order_uuid: orderUuid };
    expect(told()).toMatchObject([
      { ...common, message: 'checkout taken' },
      { ...common, message: 'stock reserved' },
      { ...common, message: 'stock could not be reserved', reason: 'insufficient stock' },
    ]);
  });

  it('tells nothing of what was not committed', async () => {
    const failing = transactions().run(async (tx) => {
      tx.note('checkout taken', orderUuid);
      reserve(tx);
      throw new Error('on purpose');
    });
    await expect(failing).rejects.toThrow('on purpose');
    expect(lines).toEqual([]);
  });

  it('tells once what took two attempts', async () => {
    let attempts = 0;
    await transactions().run(async (tx) => {
      attempts += 1;
      reserve(tx);
      if (attempts === 1) throw Object.assign(new Error('a deadlock'), { code: '40P01' });
    });
    expect(told()).toHaveLength(1);
  });

  it('tells once of a message that comes twice', async () => {
    const message = { messageId: randomUUID(), consumer: 'products.order.requested' };
    for (let delivery = 1; delivery <= 2; delivery += 1)
      await transactions().runOnce(message, async (tx) => reserve(tx));
    expect(told()).toHaveLength(1);
  });
});
