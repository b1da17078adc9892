import { trace } from '@opentelemetry/api';
import { inClientSpan } from '@shop/shared/http/client-span';
import { WebServer } from '@shop/shared/http/web-server';
import { currentLogFields } from '@shop/shared/logging/log-fields';
import { silentTelemetry } from '@shop/shared/telemetry/telemetry';
import { Tracing } from '@shop/shared/telemetry/tracing';
import { OtlpReceiver } from '../../../tests/support/otlp-receiver.js';

const caller = { traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`, 'x-request-id': 'r-1' };

describe('the spans of an HTTP server', () => {
  let receiver: OtlpReceiver;
  let tracing: Tracing;
  let server: WebServer;
  const ask = (path: string, init: RequestInit = {}) =>
    fetch(`http://127.0.0.1:${server.port}${path}`, { ...init, headers: { ...caller, ...init.headers } });
  const received = async () => {
    await tracing.stop();
    return receiver.spans;
  };

  beforeEach(async () => {
    receiver = await OtlpReceiver.start();
    tracing = new Tracing({ service: 'a-service', endpoint: receiver.url, ratio: 1 });
    await tracing.start();
    server = new WebServer({
      ...{ host: '127.0.0.1', port: 0, readiness: async () => ({}) },
      telemetry: { ...silentTelemetry(), tracing },
      doors: [
        (app) => {
          app.get('/things/:id', () => currentLogFields());
          app.post('/things', () => ({ ...currentLogFields(), recording: trace.getActiveSpan()?.isRecording() }));
          app.get('/passed-on', () => {
            const url = new URL(`http://127.0.0.1:${server.port}/things/7`);
            const request = { name: 'GET /things/:id', method: 'GET', url, service: 'a-service' };
            return inClientSpan({ tracing }, request, async (headers) => (await fetch(url, { headers })).json());
          });
          app.get('/broken', () => {
            throw new Error('broken');
          });
        },
      ],
    });
    await server.start();
  });

  afterEach(async () => {
    await server.stop();
    await receiver.stop();
  });

  test("a request continues its caller's trace, under its route's name", async () => {
    await (await ask('/things/7?token=secret')).json();
    expect(await received()).toMatchObject([
      {
        ...{ service: 'a-service', name: 'GET /things/:id', kind: 'SERVER', failed: false },
        ...{ traceId: 'a'.repeat(32), parentSpanId: 'b'.repeat(16) },
        attributes: {
          ...{ 'http.request.method': 'GET', 'http.route': '/things/:id', 'url.path': '/things/7' },
          'http.response.status_code': '200',
        },
      },
    ]);
    expect(JSON.stringify(receiver.bodies)).not.toContain('secret');
  });

  test('the trace and the id are known to the handler, also behind a body', async () => {
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"a":1}' };
    const fields = await (await ask('/things', init)).json();
    const [span] = await received();
    expect(fields).toEqual({ request_id: 'r-1', trace_id: 'a'.repeat(32), span_id: span?.spanId, recording: true });
  });

  test('the id is passed on to the service that is asked next', async () => {
    const { request_id } = (await (await ask('/passed-on')).json()) as Record<string, string>;
    expect(request_id).toBe('r-1');
  });

  test('what breaks is marked, a mistake of the client is not, and what is asked by machines has no span', async () => {
    for (const path of ['/broken', '/nowhere', '/healthz', '/readyz', '/metrics']) await (await ask(path)).text();
    const spans = await received();
    expect(spans.map(({ name, failed }) => ({ name, failed }))).toEqual([
      { name: 'GET /broken', failed: true },
      { name: 'GET', failed: false },
    ]);
  });
});
