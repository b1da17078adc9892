import { randomUUID } from 'node:crypto';
import amqp from 'amqplib';
import { deadLetterQueue } from '@shop/shared/messaging/topology';

export interface SeenMessage {
  readonly exchange: string;
  readonly key: string;
  readonly body: Record<string, unknown>;
  readonly properties: amqp.MessageProperties;
}

export interface DeadLetter {
  readonly text: string;
  readonly headers: Record<string, unknown>;
}

type Connection = Awaited<ReturnType<typeof amqp.connect>>;
const EXCHANGES = ['order_exchange', 'product_exchange'] as const;

/** Watches everything that services publish on a broker, and publishes whatever a test wants to be said. */
export class MessageProbe {
  private readonly seen: SeenMessage[] = [];

  private constructor(
    private readonly connection: Connection,
    private readonly channel: amqp.ConfirmChannel,
  ) {}

  /** Watches the events of the state, unless told which exchanges. */
  static async open(url: string, exchanges: readonly string[] = EXCHANGES): Promise<MessageProbe> {
    const connection = await amqp.connect(url, { noDelay: true });
    connection.on('error', () => undefined);
    const channel = await connection.createConfirmChannel();
    channel.on('error', () => undefined);
    const probe = new MessageProbe(connection, channel);
    const { queue } = await channel.assertQueue('', { exclusive: true, autoDelete: true });
    for (const exchange of exchanges) {
      await channel.assertExchange(exchange, 'topic', { durable: true });
      await channel.bindQueue(queue, exchange, '#');
    }
    await channel.consume(queue, (message) => message && probe.note(message), { noAck: true });
    return probe;
  }

  /** Publishes a JSON body, or bytes as they are, and waits for the broker's confirmation. */
  async publish(exchange: string, key: string, body: unknown, properties: amqp.Options.Publish = {}): Promise<void> {
    const content = Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body));
    const options = {
      messageId: randomUUID(),
      type: key,
      appId: 'probe',
      timestamp: Date.now(),
      contentType: 'application/json',
      persistent: true,
      ...properties,
    };
    await new Promise<void>((resolve, reject) => {
      this.channel.publish(exchange, key, content, options, (error: unknown) => (error ? reject(error) : resolve()));
    });
  }

  /** What was published so far, oldest first; under one routing key, or all of it. */
  messages(key?: string): readonly SeenMessage[] {
    return this.seen.filter((message) => key === undefined || message.key === key);
  }

  /** Takes the dead letters of a consumer queue. */
  async deadLetters(queue: string): Promise<DeadLetter[]> {
    const letters: DeadLetter[] = [];
    for (;;) {
      const message = await this.channel.get(deadLetterQueue(queue), { noAck: true });
      if (!message) return letters;
      letters.push({ text: message.content.toString(), headers: message.properties.headers ?? {} });
    }
  }

  async close(): Promise<void> {
    await this.connection.close();
  }

  private note(message: amqp.ConsumeMessage): void {
    const { exchange, routingKey: key } = message.fields;
    this.seen.push({ exchange, key, body: parsed(message.content.toString()), properties: message.properties });
  }
}

/** A test may well publish what is no JSON; that is seen as an empty body. */
function parsed(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return {};
  }
}
