import amqplib, { type ChannelModel } from 'amqplib';

const CONNECT_TIMEOUT_MS = 5_000;

/** Asks RabbitMQ how many messages are ready in queues, over a connection of its own that opens at the first question. */
export class QueueDepth {
  private connection: Promise<ChannelModel> | undefined;

  constructor(private readonly url: string) {}

  /** Messages that are ready in these queues, together; those handed out to a consumer are not among them. */
  async ready(queues: readonly string[]): Promise<number> {
    const connection = await this.connect();
    const channel = await connection.createChannel();
    // A queue that does not exist closes the channel; the rejected check says so.
    channel.on('error', () => undefined);
    const counts = await Promise.all(queues.map(async (queue) => (await channel.checkQueue(queue)).messageCount));
    await channel.close();
    return counts.reduce((sum, count) => sum + count, 0);
  }

  async close(): Promise<void> {
    const connection = this.connection;
    this.connection = undefined;
    await (await connection?.catch(() => undefined))?.close().catch(() => undefined);
  }

  private async connect(): Promise<ChannelModel> {
    this.connection ??= this.open();
    try {
      return await this.connection;
    } catch (error) {
      this.connection = undefined;
      throw error;
    }
  }

  private async open(): Promise<ChannelModel> {
    const connection = await amqplib.connect(this.url, { noDelay: true, timeout: CONNECT_TIMEOUT_MS });
    connection.on('error', () => undefined);
    connection.on('close', () => (this.connection = undefined));
    return connection;
  }
}
