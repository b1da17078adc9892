import { type Attributes, context, ROOT_CONTEXT, SpanKind } from '@opentelemetry/api';
import type { IncomingMessage, OutgoingMessage } from './bus.js';
import { PermanentFault } from './bus.js';
import type { Exchange } from './define-event.js';
import { queues } from './topology.js';
import { withLogFields } from '../logging/log-fields.js';
import type { Telemetry } from '../telemetry/telemetry.js';
import { contextFrom, traceHeaders } from '../telemetry/trace-context.js';

type Tracer = Pick<Telemetry, 'tracing'>;

/** The queues of events that are about an order: their correlation id is its uuid. */
const orderQueues = queuesOf('order_exchange');
/** A log entry is no work of its own: a trace of each would say nothing, and there are many. */
const logQueues = queuesOf('logs_exchange');

/**
 * Publishes inside a PRODUCER span, which goes on with the message: the trace is the one in which it was announced, as its
 * headers say. (OpenTelemetry's semantic conventions for messaging.)
 */
export function publishTraced(
  { tracing }: Tracer,
  message: OutgoingMessage,
  publish: (message: OutgoingMessage) => Promise<void>,
): Promise<void> {
  const attributes = {
    ...attributesOf(message),
    'messaging.operation.type': 'send',
    'messaging.operation.name': 'publish',
    'messaging.destination.name': `${message.exchange}:${message.type}`,
  };
  const parent = contextFrom(message.headers);
  return tracing.inSpan(`publish ${message.type}`, { kind: SpanKind.PRODUCER, attributes, parent }, () =>
    publish({ ...message, headers: { ...message.headers, ...traceHeaders() } }),
  );
}

/** Handles a message inside a CONSUMER span, which goes on where the message comes from, and with the order in every log line. */
export function handleTraced(
  { tracing }: Tracer,
  queue: string,
  message: IncomingMessage,
  handle: () => Promise<void>,
): Promise<void> {
  if (logQueues.has(queue)) return context.with(ROOT_CONTEXT, handle);
  const attributes = {
    ...attributesOf(message),
    'messaging.operation.type': 'process',
    'messaging.operation.name': 'process',
    'messaging.destination.name': queue,
    'messaging.message.attempt': message.attempt,
    'messaging.message.redelivered': message.redelivered,
  };
  const sent = contextFrom(message.headers);
  const parent = orderQueues.has(queue) ? withLogFields({ order_uuid: message.correlationId }, sent) : sent;
  return context.with(parent, () =>
    tracing.inSpan(`process ${message.type}`, { kind: SpanKind.CONSUMER, attributes }, async (span) => {
      try {
        await handle();
        span.setAttribute('messaging.outcome', 'done');
      } catch (error) {
        span.setAttribute('messaging.outcome', error instanceof PermanentFault ? 'dead letter' : 'retried');
        throw error;
      }
    }),
  );
}

function queuesOf(exchange: Exchange): ReadonlySet<string> {
  return new Set(queues.filter((queue) => queue.exchange === exchange).map(({ name }) => name));
}

function attributesOf({ type, messageId, correlationId }: IncomingMessage | OutgoingMessage): Attributes {
  return {
    'messaging.system': 'rabbitmq',
    'messaging.rabbitmq.destination.routing_key': type,
    'messaging.message.id': messageId,
    'messaging.message.conversation_id': correlationId,
  };
}
