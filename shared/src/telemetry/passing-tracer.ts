import { randomFillSync } from 'node:crypto';
import { context, isSpanContextValid, type SpanContext, trace, TraceFlags, type Tracer } from '@opentelemetry/api';

/**
 * Records nothing, and passes a trace on as it came, as W3C Trace Context asks of who takes no part in it. What belongs to
 * none begins one, so that its log lines can be found by it.
 */
export const passingTracer: Pick<Tracer, 'startSpan'> = {
  startSpan(_name, options, parent = context.active()) {
    const given = options?.root ? undefined : trace.getSpanContext(parent);
    return trace.wrapSpanContext(given && isSpanContextValid(given) ? given : newTrace());
  },
};

/** Of the 16 bytes of a trace's id and the 8 of a span's. */
const ID_BYTES = 24;
/** Asked of the system so many at once: for each by itself it costs more than all else that is done here. */
const random = Buffer.alloc(ID_BYTES * 128);
let used = random.length;

function newTrace(): SpanContext {
  if (used === random.length) {
    randomFillSync(random);
    used = 0;
  }
  const ids = random.toString('hex', used, (used += ID_BYTES));
  return { traceId: ids.slice(0, 32), spanId: ids.slice(32), traceFlags: TraceFlags.NONE };
}
