import type { ChannelModel } from 'amqplib';

/** Messages that are ready in each of these queues; those handed out to a consumer are not among them. */
export async function readyMessages(connection: ChannelModel, queues: readonly string[]): Promise<number[]> {
  const channel = await connection.createChannel();
  // A queue that does not exist closes the channel; the rejected check says so.
  channel.on('error', () => undefined);
  const counts = await Promise.all(queues.map(async (queue) => (await channel.checkQueue(queue)).messageCount));
  await channel.close();
  return counts;
}
