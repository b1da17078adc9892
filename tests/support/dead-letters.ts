import amqp from 'amqplib';
import pg from 'pg';
import { deadLetterQueue, queues } from '@shop/shared/messaging/topology';

/** Where the messages of a shop are: at a broker, or with the embedded bus in a database. */
export interface MessageStore {
  readonly brokerUrl: string | undefined;
  database(service: string): string;
}

/** The dead letters of every queue, each with its reason; they stay where they are. */
export async function deadLetters(shop: MessageStore): Promise<Record<string, unknown>[]> {
  return shop.brokerUrl === undefined ? embedded(shop.database('bus')) : atBroker(shop.brokerUrl);
}

async function embedded(url: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<Record<string, unknown>>(
      `select identifier as queue, payload from graphile_worker._private_jobs as jobs
       join graphile_worker._private_tasks as tasks on tasks.id = task_id where starts_with(identifier, $1)`,
      [deadLetterQueue('')],
    );
    return rows;
  } finally {
    await client.end();
  }
}

/** Closing the connection gives back what was looked at. */
async function atBroker(url: string): Promise<Record<string, unknown>[]> {
  const connection = await amqp.connect(url);
  try {
    const channel = await connection.createChannel();
    const letters: Record<string, unknown>[] = [];
    for (const { name } of queues) {
      const queue = deadLetterQueue(name);
      for (let letter = await channel.get(queue); letter; letter = await channel.get(queue))
        letters.push({ queue, text: letter.content.toString(), headers: letter.properties.headers });
    }
    return letters;
  } finally {
    await connection.close();
  }
}
