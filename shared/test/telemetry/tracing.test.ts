import { context, SpanKind, trace } from '@opentelemetry/api';
import { createServer, type Server } from 'node:http';
import { contextFrom, followContext, traceHeaders } from '@shop/shared/telemetry/trace-context';
import { isRecording, Tracing } from '@shop/shared/telemetry/tracing';
import { eventually } from '../../../tests/support/eventually.js';
import { freePort } from '../../../tests/support/free-port.js';
import { OtlpReceiver } from '../../../tests/support/otlp-receiver.js';

const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
const quiet = { service: 'quiet', ratio: 1 };

beforeAll(followContext);

describe('without a receiver', () => {
  const tracing = new Tracing(quiet);

  test('a trace is passed on as it came, and nothing is recorded', async () => {
    await tracing.inSpan('work', { parent: contextFrom({ traceparent }) }, async (span) => {
      await Promise.resolve();
      expect(traceHeaders()).toEqual({ traceparent });
      expect([span.isRecording(), isRecording()]).toEqual([false, false]);
    });
  });

  test('work that belongs to no trace begins one, which is kept, and which nobody need record', async () => {
    await tracing.inSpan('outer', { kind: SpanKind.SERVER }, async () => {
      const outer = traceHeaders()['traceparent'];
      expect(outer).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/);
      await tracing.inSpan('inner', {}, () => expect(traceHeaders()['traceparent']).toBe(outer));
    });
    expect(traceHeaders()).toEqual({});
  });

  test.each(['', 'nonsense', `00-${'0'.repeat(32)}-${'b'.repeat(16)}-01`, `ff-${'a'.repeat(32)}-${'b'.repeat(16)}-01`])(
    'a traceparent that is none is nobody: %j',
    (nonsense) => {
      expect(trace.getSpanContext(contextFrom({ traceparent: nonsense }))).toBeUndefined();
    },
  );
});

describe('with a receiver', () => {
  test('what fails is recorded as failed, without the secrets in its words', async () => {
    const receiver = await OtlpReceiver.start();
    const tracing = new Tracing({ service: 'orders', endpoint: `${receiver.url}/`, ratio: 1 });
    await tracing.start();
    const failing = tracing.inSpan('work', { parent: contextFrom({ traceparent }) }, () => {
      throw new Error('no way: password=hunter22');
    });
    await expect(failing).rejects.toThrow('no way');
    await tracing.stop();
    expect(receiver.spans).toMatchObject([
      { service: 'orders', name: 'work', traceId: 'a'.repeat(32), parentSpanId: 'b'.repeat(16), failed: true },
    ]);
    expect(JSON.stringify(receiver.bodies)).toContain('no way');
    expect(JSON.stringify(receiver.bodies)).not.toContain('hunter22');
    await receiver.stop();
  });

  test('only the wanted share of the traces is recorded, and a caller that wants its own gets it', async () => {
    const receiver = await OtlpReceiver.start();
    const tracing = new Tracing({ service: 'orders', endpoint: receiver.url, ratio: 0 });
    await tracing.start();
    await tracing.inSpan('ours', {}, () => expect(isRecording()).toBe(false));
    await tracing.inSpan('theirs', { parent: contextFrom({ traceparent }) }, () => expect(isRecording()).toBe(true));
    await tracing.stop();
    expect(receiver.spans.map(({ name }) => name)).toEqual(['theirs']);
    await receiver.stop();
  });

  test('two services of one process keep their names', async () => {
    const receiver = await OtlpReceiver.start();
    const [orders, cart] = ['orders', 'cart'].map(
      (service) => new Tracing({ service, endpoint: receiver.url, ratio: 1 }),
    );
    await Promise.all([orders?.start(), cart?.start()]);
    await orders?.inSpan('asks', {}, () => cart?.inSpan('answers', {}, () => undefined));
    await Promise.all([orders?.stop(), cart?.stop()]);
    const [asks, answers] = ['asks', 'answers'].map((name) => receiver.spans.find((span) => span.name === name));
    expect([asks?.service, answers?.service]).toEqual(['orders', 'cart']);
    expect(answers?.parentSpanId).toBe(asks?.spanId);
    await receiver.stop();
  });
});

const pendingTimers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;

describe('a receiver in trouble', () => {
  const flood = async (endpoint: string) => {
    const tracing = new Tracing({ service: 'orders', endpoint, ratio: 1 });
    await tracing.start();
    const timers = pendingTimers();
    const since = performance.now();
    for (let n = 0; n < 20_000; n += 1) tracing.tracer.startSpan('work', {}, context.active()).end();
    await eventually(() => undefined);
    const worked = performance.now() - since;
    const stopping = performance.now();
    await tracing.stop();
    const stopped = performance.now() - stopping;
    // What is tried again would hold up the end of the process.
    expect(pendingTimers()).toBeLessThanOrEqual(timers);
    return { worked, stopped };
  };

  test('one that is away neither slows the work nor fails it, and a stop is short', async () => {
    const { worked, stopped } = await flood(`http://127.0.0.1:${await freePort()}`);
    expect(worked).toBeLessThan(5_000);
    expect(stopped).toBeLessThan(4_000);
  });

  test('one that hangs neither', async () => {
    const server: Server = createServer(() => undefined);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const { worked, stopped } = await flood(`http://127.0.0.1:${port}`);
    expect(worked).toBeLessThan(5_000);
    expect(stopped).toBeLessThan(4_000);
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
});
