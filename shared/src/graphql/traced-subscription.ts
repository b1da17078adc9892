import { type Context, context, SpanKind } from '@opentelemetry/api';
import {
  createSourceEventStream,
  execute,
  type ExecutionArgs,
  type ExecutionResult,
  getOperationAST,
  Kind,
} from 'graphql';
import { mapEvents } from './map-events.js';
import { nameOperation } from './operation-tracing.js';
import { originOf } from '../telemetry/event-origin.js';
import type { Telemetry } from '../telemetry/telemetry.js';
import { traceHeaders } from '../telemetry/trace-context.js';

/**
 * graphql's `subscribe`, in which each event belongs to the trace of what caused it, and not to that of the subscription,
 * which may have begun long before. Its answer says so to the gateway, in its extensions. An event of which nobody knows
 * the cause belongs to `operation`.
 */
export async function subscribeTraced(
  { tracing }: Pick<Telemetry, 'tracing'>,
  args: ExecutionArgs,
  operation: Context,
): Promise<ExecutionResult | AsyncGenerator<ExecutionResult, void, undefined>> {
  const { name, field } = namesOf(args);
  const stream = await context.with(operation, () =>
    tracing.inSpan('subscription', { kind: SpanKind.INTERNAL }, () => {
      nameOperation('subscription', name);
      return createSourceEventStream(args);
    }),
  );
  if (!(Symbol.asyncIterator in stream)) return stream;
  return mapEvents(stream[Symbol.asyncIterator](), (event: unknown) =>
    tracing.inSpan(`event ${field}`, { kind: SpanKind.CONSUMER, parent: originOf(event) ?? operation }, async () => {
      const result = await execute({ ...args, rootValue: event });
      return { ...result, extensions: { ...result.extensions, ...traceHeaders() } };
    }),
  );
}

function namesOf({ document, operationName }: ExecutionArgs): { name: string | undefined; field: string } {
  const operation = getOperationAST(document, operationName);
  const root = operation?.selectionSet.selections.find((selection) => selection.kind === Kind.FIELD);
  return { name: operation?.name?.value, field: root?.name.value ?? '' };
}
