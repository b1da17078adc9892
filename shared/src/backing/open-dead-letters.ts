import { AmqpDeadLetters } from '../messaging/amqp-dead-letters.js';
import type { DeadLetters } from '../messaging/dead-letters.js';
import { EmbeddedDeadLetters } from '../messaging/embedded-dead-letters.js';

/** Where a shop's messages are: at RabbitMQ, or, where there is none, in the embedded bus' database. */
export type MessageStore = { readonly brokerUrl: string } | { readonly databaseUrl: string };

/** The dead letters of a shop. */
export function openDeadLetters(store: MessageStore): DeadLetters {
  return 'brokerUrl' in store ? new AmqpDeadLetters(store.brokerUrl) : new EmbeddedDeadLetters(store.databaseUrl);
}
