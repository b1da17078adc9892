import { LogChannel } from '@shop/shared/logging/log-channel';
import { AmqpLogShipping, InProcessLogShipping } from '@shop/shared/logging/log-shipping';
import { createLogger } from '@shop/shared/logging/logger';
import type { LogEntryBody } from '@shop/shared/contracts/log-events';
import { eventually } from '../../../tests/support/eventually.js';
import { MessageProbe } from '../../../tests/support/message-probe.js';
import { tcpProxy, type TcpProxy } from '../../../tests/support/tcp-proxy.js';
import { testBroker } from '../../../tests/support/test-broker.js';

const line = (message: string) =>
  JSON.stringify({ level: 'info', time: '2026-01-01T00:00:00.000Z', service: 'orders', message });

describe('over RabbitMQ', () => {
  let broker: Awaited<ReturnType<typeof testBroker>>;
  let probe: MessageProbe;
  let proxy: TcpProxy;
  let shipping: AmqpLogShipping;
  const bodies = () => probe.messages().map(({ body }) => body);

  beforeAll(async () => (broker = await testBroker()));
  afterAll(() => broker.drop());

  beforeEach(async () => {
    probe = await MessageProbe.open(broker.url, ['logs_exchange']);
    proxy = await tcpProxy(broker.url);
    const url = new URL(broker.url);
    url.host = proxy.host;
    shipping = new AmqpLogShipping(url.href, 'orders');
    await shipping.start();
  });

  afterEach(async () => {
    await shipping.stop();
    await proxy.close();
    await probe.close();
  });

  test('a line becomes a log event of the contract', async () => {
    const logger = createLogger('orders', 'trace', { destinations: [{ level: 'trace', stream: shipping }] });
    logger.info({ order_uuid: 'u', trace_id: 't' }, 'order placed');
    logger.fatal('the end');
    await eventually(() => expect(probe.messages()).toHaveLength(2));
    const [placed, end] = probe.messages();
    expect(placed).toMatchObject({
      key: 'log.info',
      body: { level: 'info', service: 'orders', message: 'order placed', trace_id: 't', fields: { order_uuid: 'u' } },
      properties: { type: 'log.info', appId: 'orders', deliveryMode: 1, messageId: expect.any(String) },
    });
    expect(end).toMatchObject({ key: 'log.error', body: { level: 'error', message: 'the end' } });
  });

  test('what cannot be read as a line of ours is left out', async () => {
    shipping.write('no JSON');
    shipping.write('{"level":"info"}');
    shipping.write(line('good'));
    await eventually(() => expect(bodies()).toMatchObject([{ message: 'good' }]));
  });

  test('all that was written is shipped before a stop', async () => {
    await eventually(() => expect(proxy.passages()).toHaveLength(1));
    shipping.write(line('hello'));
    await eventually(() => expect(bodies()).toHaveLength(1));
    for (let n = 0; n < 1_000; n += 1) shipping.write(line(`${n}`));
    await shipping.stop();
    await eventually(() => expect(bodies()).toHaveLength(1_001));
  });

  test('a broker that is away costs the oldest lines, which is said once it is back', async () => {
    await proxy.close();
    for (let n = 0; n < 20_000; n += 1) shipping.write(line(`${n}`));
    const { dropped } = shipping;
    expect(dropped).toBeGreaterThanOrEqual(15_000);
    await proxy.open();
    await eventually(() => expect(bodies().at(-1)).toMatchObject({ level: 'warn', fields: { lost: dropped } }), {
      timeoutMs: 15_000,
    });
    const messages = bodies().map(({ message }) => message);
    expect(messages.slice(-2)).toEqual(['19999', 'log entries were lost on their way']);
    expect(messages).toHaveLength(20_000 - dropped + 1);
    expect(shipping.dropped).toBe(dropped);
  });

  test('a broker that hangs neither blocks who logs nor lets memory grow', async () => {
    shipping.write(line('hello'));
    await eventually(() => expect(bodies()).toHaveLength(1));
    for (const passage of proxy.passages()) passage.hold();
    const text = 'x'.repeat(4_000);
    let slowest = 0;
    const before = process.memoryUsage().rss;
    for (let n = 0; n < 60_000; n += 1) {
      const since = performance.now();
      shipping.write(line(text));
      slowest = Math.max(slowest, performance.now() - since);
      if (n % 1_000 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    // 240 MB were written.
    expect(process.memoryUsage().rss - before).toBeLessThan(120_000_000);
    expect(shipping.dropped).toBeGreaterThan(50_000);
    expect(slowest).toBeLessThan(250);
    const since = performance.now();
    await shipping.stop();
    expect(performance.now() - since).toBeLessThan(5_000);
  });
});

describe('within one process', () => {
  test('lines reach the logger after the work that wrote them', async () => {
    const channel = new LogChannel();
    const heard: LogEntryBody[] = [];
    channel.subscribe((entry) => heard.push(entry));
    channel.subscribe(() => {
      throw new Error('a listener that fails');
    });
    const shipping = new InProcessLogShipping(channel);
    shipping.write(line('one'));
    shipping.write(line('two'));
    expect(heard).toEqual([]);
    await eventually(() => expect(heard).toMatchObject([{ message: 'one' }, { message: 'two' }]));
  });

  test('a flood that nobody has time for is bounded', async () => {
    const channel = new LogChannel();
    let heard = 0;
    channel.subscribe(() => (heard += 1));
    const shipping = new InProcessLogShipping(channel);
    for (let n = 0; n < 20_000; n += 1) shipping.write(line('flood'));
    await shipping.stop();
    expect(heard + shipping.dropped).toBe(20_000);
    expect(heard).toBeLessThanOrEqual(5_000);
  });
});
