import { type AnswerCommand, type Command, decide } from './decide.js';
import { ForeignAnswer, IllegalStep } from './order-errors.js';
import type { Answer, Order, PendingOrder } from './order.js';

const placedAt = new Date('2026-01-01T00:00:00Z');
const now = new Date('2026-01-01T00:00:01Z');

const pendingOrder: PendingOrder = {
  uuid: '6f2a3a9e-0f2f-4c3f-9d0a-000000000001',
  userId: 7,
  email: 'seven@example.com',
  total: 300,
  currency: 'VND',
  items: [{ productId: 1, name: 'Tea', quantity: 3, price: 100 }],
  version: 1,
  updatedAt: placedAt,
  heard: [],
  status: 'Pending',
};

const said: Record<Answer, AnswerCommand> = {
  'stock.reserved': { type: 'stock.reserved', detail: null },
  'stock.failed': { type: 'stock.failed', detail: { reason: 'short' } },
  'order.paid': { type: 'order.paid', amount: 300, currency: 'VND', detail: { payment_id: 1 } },
  'payment.failed': { type: 'payment.failed', detail: { reason: 'declined' } },
  'payment.refunded': { type: 'payment.refunded', detail: null },
};

/** The order after these commands, each decided on what the one before left. */
function after(...commands: (Answer | Exclude<Command['type'], Answer>)[]): Order {
  return commands.reduce<Order>(
    (order, type) => decide(order, type in said ? said[type as Answer] : ({ type } as Command), now).order,
    pendingOrder,
  );
}

describe('an order', () => {
  it.each([
    ['stock.reserved', 'order.paid'],
    ['order.paid', 'stock.reserved'],
  ] as const)('is Paid once both answers have come: %s, then %s', (first, second) => {
    const half = decide(pendingOrder, said[first], now);
    expect(half.order).toMatchObject({ status: 'Pending', version: 1, heard: [first], updatedAt: placedAt });
    expect(half).toMatchObject({ announcement: null, timeline: [{ type: first, at: now }] });
    const whole = decide(half.order, said[second], now);
    expect(whole.order).toMatchObject({ status: 'Paid', version: 2, heard: [first, second], updatedAt: now });
    expect(whole.announcement).toBe('order.confirmed');
    expect(whole.timeline.map(({ type }) => type)).toEqual([second, 'order.confirmed']);
  });

  it.each([
    ['stock.failed', 'OUT_OF_STOCK'],
    ['payment.failed', 'PAYMENT_DECLINED'],
    ['cancel', 'CANCELLED_BY_CUSTOMER'],
    ['time out', 'TIMED_OUT'],
  ] as const)('is Cancelled by %s, for the reason %s', (type, reason) => {
    const command = type in said ? said[type as Answer] : ({ type } as Command);
    const { order, announcement, timeline } = decide(pendingOrder, command, now);
    expect(order).toMatchObject({ status: 'Cancelled', reason, version: 2, updatedAt: now });
    expect(announcement).toBe('order.cancelled');
    expect(timeline.at(-1)).toEqual({ type: 'order.cancelled', at: now, detail: { reason } });
  });

  it('is Cancelled by a refusal although the other answer was a good one', () => {
    expect(after('stock.reserved', 'payment.failed')).toMatchObject({
      status: 'Cancelled',
      reason: 'PAYMENT_DECLINED',
    });
    expect(after('order.paid', 'stock.failed')).toMatchObject({ status: 'Cancelled', reason: 'OUT_OF_STOCK' });
  });

  it.each(Object.keys(said) as Answer[])('says nothing new when %s comes a second time', (type) => {
    const order = after(type);
    const decision = decide(order, said[type], now);
    expect(decision.order).toBe(order);
    expect(decision).toMatchObject({ timeline: [], announcement: null });
  });

  it.each([
    [['cancel'], 'order.paid'],
    [['cancel'], 'stock.reserved'],
    [['stock.failed'], 'payment.failed'],
    [['stock.failed', 'order.paid'], 'payment.refunded'],
    [['stock.reserved', 'order.paid'], 'stock.failed'],
    [['stock.reserved', 'order.paid', 'ship', 'deliver'], 'payment.failed'],
  ] as const)('after %j keeps a late %s in its timeline and changes nothing else', (before, late) => {
    const order = after(...before);
    const decision = decide(order, said[late], now);
    expect(decision.order).toEqual({ ...order, heard: [...order.heard, late] });
    expect(decision.timeline).toEqual([{ type: late, at: now, detail: said[late].detail }]);
    expect(decision.announcement).toBeNull();
  });

  it('goes from Paid to Shipped to Delivered, a version each, and announces neither', () => {
    const shipped = decide(after('stock.reserved', 'order.paid'), { type: 'ship' }, now);
    expect(shipped).toMatchObject({ order: { status: 'Shipped', version: 3 }, timeline: [], announcement: null });
    const delivered = decide(shipped.order, { type: 'deliver' }, now);
    expect(delivered).toMatchObject({ order: { status: 'Delivered', version: 4 }, timeline: [], announcement: null });
  });

  it.each([
    [[], 'ship'],
    [[], 'deliver'],
    [['stock.reserved', 'order.paid'], 'cancel'],
    [['stock.reserved', 'order.paid'], 'time out'],
    [['stock.reserved', 'order.paid'], 'deliver'],
    [['stock.reserved', 'order.paid', 'ship'], 'ship'],
    [['cancel'], 'cancel'],
    [['cancel'], 'ship'],
    [['stock.reserved', 'order.paid', 'ship', 'deliver'], 'deliver'],
  ] as const)('after %j refuses to %s', (before, type) => {
    expect(() => decide(after(...before), { type }, now)).toThrow(IllegalStep);
  });

  it.each([
    [299, 'VND'],
    [300, 'EUR'],
  ])('takes no payment of %d %s for its own', (amount, currency) => {
    const payment: Command = { type: 'order.paid', amount, currency, detail: null };
    expect(() => decide(pendingOrder, payment, now)).toThrow(ForeignAnswer);
  });
});
