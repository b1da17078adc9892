import { type Context, context, createContextKey, isSpanContextValid, trace } from '@opentelemetry/api';

/** What says of a log line which piece of work it belongs to. */
export interface LogFields {
  readonly request_id?: string;
  readonly order_uuid?: string;
}

const LOG_FIELDS = createContextKey('log fields');

/** The context in which every log line carries these fields as well. */
export function withLogFields(fields: LogFields, parent: Context = context.active()): Context {
  return parent.setValue(LOG_FIELDS, { ...fieldsOf(parent), ...fields });
}

/** Fields that a log line gets from where it is written: trace, span, request and order, where there are such. */
export function currentLogFields(): Record<string, string> {
  const active = context.active();
  const span = trace.getSpanContext(active);
  return {
    ...fieldsOf(active),
    ...(span && isSpanContextValid(span) && { trace_id: span.traceId, span_id: span.spanId }),
  };
}

function fieldsOf(from: Context): LogFields | undefined {
  return from.getValue(LOG_FIELDS) as LogFields | undefined;
}
