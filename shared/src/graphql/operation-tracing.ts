import type { ApolloServerPlugin, BaseContext } from '@apollo/server';
import { SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { FastifyInstance } from 'fastify';
import type { Telemetry } from '../telemetry/telemetry.js';

/** Runs an operation in a span of its own. What it is called shows once it is parsed: `operationTracing` says it then. */
export function inOperationSpan<Result>(
  { tracing }: Pick<Telemetry, 'tracing'>,
  run: () => Promise<Result>,
): Promise<Result> {
  return tracing.inSpan('GraphQL operation', { kind: SpanKind.INTERNAL }, run);
}

/** A handler of Fastify's, whatever its generics say. */
type Handler = (this: FastifyInstance, request: never, reply: never) => unknown;

/** A route whose every request is one operation. */
export function operationRoute<Answer extends Handler>(telemetry: Pick<Telemetry, 'tracing'>, answer: Answer): Answer {
  const traced: Handler = function (request, reply) {
    return inOperationSpan(telemetry, async () => answer.call(this, request, reply));
  };
  return traced as Answer;
}

/** Gives the span in which an operation runs its name, and says how it ended. (OpenTelemetry's conventions for GraphQL.) */
export const operationTracing: ApolloServerPlugin<BaseContext> = {
  requestDidStart: async () => ({
    didResolveOperation: async ({ operation, operationName }) => {
      if (operation) nameOperation(operation.operation, operationName);
    },
    willSendResponse: async ({ response: { body } }) => {
      const errors = body.kind === 'single' ? body.singleResult.errors : undefined;
      if (!errors?.length) return;
      const code = String(errors[0]?.extensions?.['code'] ?? 'unknown');
      trace.getActiveSpan()?.setStatus({ code: SpanStatusCode.ERROR }).setAttribute('error.type', code);
    },
  }),
};

/** Names the active span after the operation: `mutation PlaceOrder`. */
export function nameOperation(type: string, name: string | null | undefined): void {
  const span = trace.getActiveSpan();
  if (!span?.isRecording()) return;
  span.updateName(name ? `${type} ${name}` : type);
  span.setAttributes({ 'graphql.operation.type': type, ...(name && { 'graphql.operation.name': name }) });
}
