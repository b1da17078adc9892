import { anOrder } from './an-order.js';
import { PaymentsService, sameMessage } from './payments-service.js';
import { eventually } from '../../../tests/support/eventually.js';
import { Scrape } from '../../../tests/support/scrape.js';

let service: PaymentsService;
beforeAll(async () => void (service = await PaymentsService.start()));
afterAll(() => service.stop());

const status = async (order: Parameters<PaymentsService['row']>[0]) => (await service.row(order))?.status;
const charge = { kind: 'charge', outcome: 'charged' };
const refund = { kind: 'refund', outcome: 'refunded' };

describe('a payment', () => {
  it('is charged when its order is requested, and order.paid says so', async () => {
    const order = anOrder({ total: 250_000 });
    await service.request(order);
    await eventually(() => expect(service.announced(order)).toEqual(['order.paid']));
    expect(await service.ledger(order)).toEqual([charge]);
    const [paid] = service.probe.messages('order.paid').filter(({ body }) => body['order_uuid'] === order.order_uuid);
    expect(paid?.body).toEqual({
      correlation_id: order.order_uuid,
      order_uuid: order.order_uuid,
      payment_id: expect.any(Number),
      amount: 250_000,
      currency: 'VND',
      status: 'succeeded',
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    });
    expect(paid?.properties).toMatchObject({ correlationId: order.order_uuid, type: 'order.paid', appId: 'payments' });
  });

  it('is not touched by a message that comes again, which is counted as handled before', async () => {
    const queue = 'payments:order.requested';
    const duplicates = async () => (await Scrape.of(service.url)).value('inbox_duplicates_total', { queue }) ?? 0;
    const [order, same] = [anOrder(), sameMessage()];
    await service.request(order, same);
    await eventually(() => expect(service.announced(order)).toEqual(['order.paid']));
    const before = await duplicates();
    await service.request(order, same);
    await eventually(async () => expect(await duplicates()).toBe(before + 1));
    expect(await service.ledger(order)).toEqual([charge]);
  });

  it.each([
    [6_666, 'FAILED'],
    [6_665, 'SUCCEEDED'],
    [10_000_000, 'SUCCEEDED'],
    [10_000_001, 'FAILED'],
    [Number.MAX_SAFE_INTEGER, 'FAILED'],
  ])('of %d is %s', async (total, expected) => {
    const order = anOrder({ total });
    await service.request(order);
    await eventually(() =>
      expect(service.announced(order)).toEqual([expected === 'FAILED' ? 'payment.failed' : 'order.paid']),
    );
    expect(await status(order)).toBe(expected);
  });

  it('is charged once, and announced once, however often it is requested', async () => {
    const order = anOrder();
    const same = sameMessage();
    await Promise.all(Array.from({ length: 10 }, (_, n) => service.request(order, n < 5 ? same : sameMessage())));
    const last = anOrder();
    await service.request(last);
    await eventually(() => expect(service.announced(last)).toHaveLength(1));
    await eventually(() => expect(service.announced(order)).toEqual(['order.paid']));
    expect(await service.ledger(order)).toEqual([charge]);
  });

  it('is one payment, whatever the case in which its uuid is written', async () => {
    const order = anOrder();
    const loud = { ...order, order_uuid: order.order_uuid.toUpperCase() };
    await service.request(loud);
    await eventually(() => expect(service.announced(order)).toEqual(['order.paid']));
    await Promise.all([service.request(order), service.cancel(loud)]);
    await eventually(() => expect(service.announced(order)).toEqual(['order.paid', 'payment.refunded']));
    expect(await service.ledger(order)).toEqual([charge, refund]);
  });

  it('keeps its first request: a second one with another total changes nothing', async () => {
    const order = anOrder({ total: 1_000 });
    await service.request(order);
    await eventually(() => expect(service.announced(order)).toHaveLength(1));
    await service.request({ ...order, total: 2_000, user_id: 8 });
    const last = anOrder();
    await service.request(last);
    await eventually(() => expect(service.announced(last)).toHaveLength(1));
    const shown = await service.get(`/payments/${order.order_uuid}`, service.auth.token({ userId: 7 }));
    expect(await shown.json()).toMatchObject({ amount: 1_000 });
  });
});

describe('cancelled is final', () => {
  it('a cancellation before the request leaves a tombstone: nothing is charged, nothing published', async () => {
    const order = anOrder();
    await service.cancel(order);
    await eventually(async () => expect(await status(order)).toBe('TOMBSTONE'));
    await service.request(order);
    const last = anOrder();
    await service.request(last);
    await eventually(() => expect(service.announced(last)).toHaveLength(1));
    expect(await status(order)).toBe('TOMBSTONE');
    expect(await service.ledger(order)).toEqual([]);
    expect(service.announced(order)).toEqual([]);
    const shown = await service.get(`/payments/${order.order_uuid}`, service.auth.token({ userId: 7 }));
    expect([shown.status, await shown.json()]).toEqual([404, { error: 'not found' }]);
  });

  it('a cancellation after the success refunds, once, however often it comes', async () => {
    const order = anOrder();
    await service.request(order);
    await eventually(() => expect(service.announced(order)).toEqual(['order.paid']));
    const same = sameMessage();
    await Promise.all([service.cancel(order, same), service.cancel(order, same), service.cancel(order)]);
    await eventually(() => expect(service.announced(order)).toEqual(['order.paid', 'payment.refunded']));
    expect(await status(order)).toBe('REFUNDED');
    const { order_uuid, user_id, email, total: amount, currency } = order;
    const [message] = service.probe
      .messages('payment.refunded')
      .filter(({ body }) => body['order_uuid'] === order_uuid);
    expect(message?.body).toEqual({ order_uuid, user_id, email, payment_id: expect.any(Number), amount, currency });
    await service.cancel(order);
    await service.request(order);
    const last = anOrder();
    await service.cancel(last);
    await eventually(async () => expect(await status(last)).toBe('TOMBSTONE'));
    expect(await service.ledger(order)).toEqual([charge, refund]);
    expect(service.announced(order)).toEqual(['order.paid', 'payment.refunded']);
  });

  it('a cancellation of a failed payment changes nothing', async () => {
    const order = anOrder({ total: 6_666 });
    await service.request(order);
    await eventually(() => expect(service.announced(order)).toEqual(['payment.failed']));
    await service.cancel(order);
    await eventually(async () => expect(await service.row(order)).toEqual({ status: 'FAILED', cancelled: false }));
    expect(service.announced(order)).toEqual(['payment.failed']);
  });

  it('request and cancellation that race, 50 times: never a charge kept, never two charges', async () => {
    const second = await service.addProcess();
    const orders = Array.from({ length: 50 }, () => anOrder());
    await Promise.all(
      orders.flatMap((order, n) =>
        n % 2 === 0
          ? [service.request(order), service.cancel(order), service.request(order)]
          : [service.cancel(order), service.request(order), service.cancel(order)],
      ),
    );
    for (const order of orders) {
      await eventually(async () => expect(['TOMBSTONE', 'REFUNDED']).toContain(await status(order)), {
        timeoutMs: 20_000,
      });
    }
    await eventually(async () => expect(await service.unpublished()).toBe(0));
    for (const order of orders) {
      const refunded = (await status(order)) === 'REFUNDED';
      expect(await service.ledger(order)).toEqual(refunded ? [charge, refund] : []);
      await eventually(() => {
        const announced = service.announced(order);
        if (refunded) expect(announced.at(-1)).toBe('payment.refunded');
        expect(announced.length).toBeLessThanOrEqual(refunded ? 2 : 0);
        expect(new Set(announced).size).toBe(announced.length);
      });
    }
    await second.stop();
  });
});

describe('a message that can never be handled', () => {
  it.each([
    ['is no JSON', Buffer.from('{"order_uuid": '), 'the body is no JSON'],
    ['is no object', Buffer.from('[]'), 'the body is not a order.requested'],
    ['lacks a field', { ...anOrder(), email: undefined }, 'email'],
    ['has a total past the range of amounts', { ...anOrder(), total: 2 ** 53 }, 'total'],
    ['has a negative total', { ...anOrder(), total: -1 }, 'total'],
    ['names no order', { ...anOrder(), order_uuid: 'one' }, 'order_uuid'],
    ['has no items', { ...anOrder(), items: [] }, 'items'],
  ])('that %s becomes a dead letter with its reason, and the next one is handled', async (_what, body, reason) => {
    await service.probe.publish('order_exchange', 'order.requested', body);
    const letters = await eventually(async () => {
      const found = await service.probe.deadLetters('payments:order.requested');
      expect(found).toHaveLength(1);
      return found;
    });
    expect(JSON.stringify(letters[0]?.headers)).toContain(reason);
    const order = anOrder();
    await service.request(order);
    await eventually(() => expect(service.announced(order)).toEqual(['order.paid']));
  });
});
