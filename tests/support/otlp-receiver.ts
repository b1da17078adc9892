import { createServer, type Server } from 'node:http';
import { z } from 'zod';

const value = z.looseObject({
  stringValue: z.string().optional(),
  intValue: z.union([z.string(), z.number()]).optional(),
  boolValue: z.boolean().optional(),
});
const attributes = z.array(z.object({ key: z.string(), value })).default([]);

/** As much of OTLP's JSON (opentelemetry-proto, trace/v1) as the tests look at. */
const body = z.object({
  resourceSpans: z.array(
    z.object({
      resource: z.object({ attributes }),
      scopeSpans: z.array(
        z.object({
          spans: z.array(
            z.object({
              traceId: z.string(),
              spanId: z.string(),
              parentSpanId: z.string().optional(),
              name: z.string(),
              kind: z.number(),
              attributes,
              status: z.object({ code: z.number().optional() }),
            }),
          ),
        }),
      ),
    }),
  ),
});

/** OTLP's SpanKind. */
const kinds = ['', 'INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER'] as const;

/** A span as a receiver of OTLP got it. */
export interface ReceivedSpan {
  readonly service: string;
  readonly name: string;
  readonly kind: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly attributes: Readonly<Record<string, string | undefined>>;
  readonly failed: boolean;
}

/** Stands in for a collector: takes OTLP over HTTP in JSON, and keeps the spans in memory. */
export class OtlpReceiver {
  readonly spans: ReceivedSpan[] = [];
  /** What came, as it came. */
  readonly bodies: string[] = [];
  /** Requests that were no OTLP. */
  readonly refused: string[] = [];

  private constructor(private readonly server: Server) {}

  static async start(): Promise<OtlpReceiver> {
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const taken = receiver.take(request.url ?? '', Buffer.concat(chunks).toString());
        response.writeHead(taken ? 200 : 400, { 'content-type': 'application/json' }).end('{}');
      });
    });
    const receiver = new OtlpReceiver(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return receiver;
  }

  /** For OTEL_EXPORTER_OTLP_ENDPOINT. */
  get url(): string {
    const address = this.server.address();
    return `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
  }

  trace(traceId: string): readonly ReceivedSpan[] {
    return this.spans.filter((span) => span.traceId === traceId);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private take(url: string, text: string): boolean {
    this.bodies.push(text);
    const parsed = url === '/v1/traces' ? body.safeParse(JSON.parse(text)) : undefined;
    if (!parsed?.success) {
      this.refused.push(`${url}: ${parsed?.error.message ?? 'no such path'}`);
      return false;
    }
    for (const { resource, scopeSpans } of parsed.data.resourceSpans) {
      const service = plain(resource.attributes)['service.name'] ?? '';
      for (const span of scopeSpans.flatMap(({ spans }) => spans)) {
        const { traceId, spanId, name } = span;
        this.spans.push({
          ...{ service, traceId, spanId, name },
          parentSpanId: span.parentSpanId || undefined,
          kind: kinds[span.kind] ?? '',
          attributes: plain(span.attributes),
          failed: span.status.code === 2,
        });
      }
    }
    return true;
  }
}

function plain(list: z.output<typeof attributes>): Record<string, string> {
  return Object.fromEntries(
    list.map(({ key, value: { stringValue, intValue, boolValue } }) => [
      key,
      String(stringValue ?? intValue ?? boolValue ?? ''),
    ]),
  );
}
