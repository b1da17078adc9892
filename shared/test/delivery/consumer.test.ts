import { randomUUID } from 'node:crypto';
import { aService } from './a-service.js';
import { stockReserved } from '../../src/contracts/stock-events.js';
import { type EventHandler, onEvent } from '../../src/delivery/consumer.js';
import { type Bus, type IncomingMessage, type MessageHandler, PermanentFault } from '../../src/messaging/bus.js';

type Body = { order_uuid: string };

/** The handler that the bus would call, taken from the port: how a message becomes a call needs no broker. */
function registered(handler: EventHandler<Body>): MessageHandler {
  let taken: MessageHandler | undefined;
  const bus: Pick<Bus, 'consume'> = { consume: (_queue, handle) => void (taken = handle) };
  onEvent(bus as Bus, 'orders', stockReserved, handler);
  if (!taken) throw new Error('nothing was registered');
  return taken;
}

const message = (text: string): IncomingMessage => ({
  messageId: 'm1',
  correlationId: 'c1',
  type: 'stock.reserved',
  timestamp: 0,
  appId: 'products',
  headers: {},
  text,
  attempt: 1,
  redelivered: false,
});

describe('a consumer', () => {
  it('hands over the parsed body and what identifies the message', async () => {
    const orderUuid = randomUUID();
    const calls: unknown[] = [];
    await registered(async (...call) => void calls.push(call))(
      message(JSON.stringify({ order_uuid: orderUuid, unknown: 1 })),
    );
    expect(calls).toEqual([
      [
        { order_uuid: orderUuid },
        { messageId: 'm1', consumer: 'orders:stock.reserved', correlationId: 'c1', headers: {}, attempt: 1 },
      ],
    ]);
  });

  it.each([
    ['no JSON', '{', 'the body is no JSON'],
    ['a missing field', '{}', 'the body is not a stock.reserved: order_uuid'],
    ['a wrong type', '{"order_uuid": 5}', 'the body is not a stock.reserved: order_uuid'],
    ['no object', '[]', 'the body is not a stock.reserved: body'],
  ])('takes %s for a permanent fault, with the reason', async (_name, text, reason) => {
    const handled = registered(async () => undefined)(message(text));
    await expect(handled).rejects.toThrow(PermanentFault);
    await expect(registered(async () => undefined)(message(text))).rejects.toThrow(reason);
  });

  it.each([
    ['22003', PermanentFault],
    ['23514', PermanentFault],
    ['23505', Error],
    // As a pooler says it when it lost its server; that of PostgreSQL itself is below.
    ['08P01', Error],
    ['08006', Error],
  ])('takes SQLSTATE %s for a %p', async (code, kind) => {
    const failure = Object.assign(new Error('database'), { code });
    const handled = registered(() => Promise.reject(new Error('wrapped', { cause: failure })))(
      message(JSON.stringify({ order_uuid: randomUUID() })),
    );
    const error: unknown = await handled.catch((caught: unknown) => caught);
    expect(error instanceof PermanentFault).toBe(kind === PermanentFault);
  });

  it('takes a text with a NUL for a permanent fault, by what PostgreSQL says of it', async () => {
    const service = await aService();
    const handled = registered(async () => void (await service.database.fork().execute('select ?::text', ['a\0b'])))(
      message(JSON.stringify({ order_uuid: randomUUID() })),
    );
    await expect(handled).rejects.toThrow(PermanentFault);
    await service.stop();
  });
});
