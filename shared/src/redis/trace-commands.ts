import { SpanKind } from '@opentelemetry/api';
import type { Command, Redis } from 'ioredis';
import { failSpan, isRecording } from '../telemetry/tracing.js';
import type { Telemetry } from '../telemetry/telemetry.js';

/**
 * A CLIENT span for each command that work which is being recorded sends; the connection's own, such as its hello, belong
 * to no trace. (OpenTelemetry's semantic conventions for Redis; keys and values stay out.)
 */
export function traceCommands(redis: Redis, { tracing }: Pick<Telemetry, 'tracing'>): void {
  const send = redis.sendCommand.bind(redis);
  const traced: typeof send = (command: Command, stream) => {
    if (!isRecording()) return send(command, stream);
    const operation = command.name.toUpperCase();
    const { host = '', port = 0, db = 0 } = redis.options;
    const attributes = {
      'db.system.name': 'redis',
      'db.operation.name': operation,
      'db.namespace': String(db),
      'server.address': host,
      'server.port': port,
    };
    const span = tracing.tracer.startSpan(operation, { kind: SpanKind.CLIENT, attributes });
    const sent = send(command, stream);
    Promise.resolve(command.promise).then(
      () => span.end(),
      (error: unknown) => {
        failSpan(span, error);
        span.end();
      },
    );
    return sent;
  };
  Object.assign(redis, { sendCommand: traced });
}
