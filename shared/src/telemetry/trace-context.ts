import { type Context, context, defaultTextMapGetter, defaultTextMapSetter, ROOT_CONTEXT } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';

const propagator = new W3CTraceContextPropagator();

/** Lets the context follow the work across awaits, in this process. It belongs to no service; asking twice is the same. */
export function followContext(): void {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
}

/**
 * The context that came with a request or a message, by its W3C `traceparent` and `tracestate`. One that brought none
 * gets `otherwise`, an empty one unless told.
 */
export function contextFrom(headers: Readonly<Record<string, unknown>>, otherwise: Context = ROOT_CONTEXT): Context {
  return propagator.extract(otherwise, headers, defaultTextMapGetter);
}

/** The W3C headers by which whoever gets a request, a row or a message continues the trace. None outside of one. */
export function traceHeaders(from: Context = context.active()): Record<string, string> {
  const headers: Record<string, string> = {};
  propagator.inject(from, headers, defaultTextMapSetter);
  return headers;
}
