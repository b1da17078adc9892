import type { Message, Options } from 'amqplib';
import { retryExchange } from './amqp-topology.js';
import type { Envelope, IncomingMessage } from './bus.js';
import { completeEnvelope } from './foreign-envelope.js';
import { soundHeaders } from './sound-headers.js';
import { deadLetterExchange } from './topology.js';

/** The header that counts a message's attempts at one queue; absent at the first. */
const ATTEMPT = 'attempt';

/** Later than this, a timestamp can't be in seconds: some publishers give milliseconds. */
const LAST_SECOND = 100_000_000_000;

/** What RabbitMQ delivered, with safe values where a publisher kept to no contract. */
export function fromAmqp({ content, fields, properties }: Message): IncomingMessage {
  const text = content.toString('utf8');
  // After a retry, of a dead letter, or moved by hand, the routing key is the queue's name.
  const moved = [retryExchange, deadLetterExchange, ''].includes(fields.exchange);
  const type: unknown = properties.type;
  const { [ATTEMPT]: attempt, ...headers } = soundHeaders(properties.headers ?? {});
  const envelope = completeEnvelope(
    {
      messageId: properties.messageId,
      correlationId: properties.correlationId,
      type: moved && typeof type === 'string' && type ? type : fields.routingKey,
      timestamp: milliseconds(properties.timestamp),
      appId: properties.appId,
      headers,
    },
    text,
  );
  return { ...envelope, text, attempt: countOf(attempt), redelivered: fields.redelivered === true };
}

/** The AMQP properties of an envelope. AMQP counts time in seconds. */
export function toAmqp(
  envelope: Envelope,
  extraHeaders: Readonly<Record<string, string | number>> = {},
): Options.Publish {
  return {
    messageId: envelope.messageId,
    correlationId: envelope.correlationId,
    type: envelope.type,
    timestamp: Math.floor(envelope.timestamp / 1_000),
    appId: envelope.appId,
    contentType: 'application/json',
    headers: { ...envelope.headers, ...extraHeaders },
  };
}

/** The header with which a message comes back for its next attempt. */
export function attemptHeader(attempt: number): Record<string, number> {
  return { [ATTEMPT]: attempt };
}

function milliseconds(timestamp: unknown): number | undefined {
  if (typeof timestamp !== 'number') return undefined;
  return timestamp > LAST_SECOND ? timestamp : timestamp * 1_000;
}

function countOf(attempt: unknown): number {
  return typeof attempt === 'number' && Number.isSafeInteger(attempt) && attempt > 0 ? attempt : 1;
}
