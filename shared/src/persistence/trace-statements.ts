import { SpanKind } from '@opentelemetry/api';
import type { Pool } from 'pg';
import { statementShape } from './statement-shape.js';
import type { Telemetry } from '../telemetry/telemetry.js';
import { failSpan, isRecording } from '../telemetry/tracing.js';

type Query = (...args: unknown[]) => unknown;

/** What a client knows of its server, and does not declare. */
interface Destination {
  readonly host: string;
  readonly port: number;
  readonly database?: string;
}

/**
 * A CLIENT span for each statement that work which is being recorded sends through a pool; what nobody records costs
 * nothing, and what runs by itself (polls, sweeps) belongs to no trace. (OpenTelemetry's semantic conventions for SQL.)
 */
export function traceStatements(pool: Pool, { tracing }: Pick<Telemetry, 'tracing'>): void {
  pool.on('connect', (client) => {
    const { host, port, database } = client as unknown as Destination;
    const server = { 'server.address': host, 'server.port': port, 'db.namespace': database ?? '' };
    const query = client.query.bind(client) as Query;
    const traced: Query = (...args) => {
      const text = isRecording() ? textOf(args[0]) : undefined;
      // Who gives a callback, or a cursor of its own, is answered otherwise than by a promise.
      if (text === undefined || typeof args.at(-1) === 'function') return query(...args);
      const shape = statementShape(text);
      const operation = /^\w+/.exec(shape)?.[0].toUpperCase() ?? 'SQL';
      const attributes = {
        ...server,
        'db.system.name': 'postgresql',
        'db.operation.name': operation,
        'db.query.text': shape,
      };
      const name = `${operation} ${database ?? ''}`.trim();
      const span = tracing.tracer.startSpan(name, { kind: SpanKind.CLIENT, attributes });
      const result = query(...args) as Promise<unknown>;
      result.then(
        () => span.end(),
        (error: unknown) => {
          failSpan(span, error);
          span.end();
        },
      );
      return result;
    };
    Object.assign(client, { query: traced });
  });
}

function textOf(statement: unknown): string | undefined {
  if (typeof statement === 'string') return statement;
  if (typeof statement !== 'object' || statement === null || 'submit' in statement) return undefined;
  return 'text' in statement && typeof statement.text === 'string' ? statement.text : undefined;
}
