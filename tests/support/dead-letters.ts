import { openDeadLetters } from '@shop/shared/backing/open-dead-letters';
import type { DeadLetter } from '@shop/shared/messaging/dead-letters';

/** Where the messages of a shop are: at a broker, or with the embedded bus in a database. */
export interface MessageStore {
  readonly brokerUrl: string | undefined;
  database(service: string): string;
}

/** The dead letters of every queue, each with its reason; they stay where they are. */
export async function deadLetters(shop: MessageStore): Promise<DeadLetter[]> {
  const { brokerUrl } = shop;
  return openDeadLetters(brokerUrl === undefined ? { databaseUrl: shop.database('bus') } : { brokerUrl }).list(1_000);
}
