import { setTimeout as pause } from 'node:timers/promises';
import amqplib, { type ChannelModel, type GetMessage } from 'amqplib';
import { fromAmqp, toAmqp } from './amqp-message.js';
import { AmqpPublisher } from './amqp-publisher.js';
import { socketOptions } from './amqp-connection.js';
import { retryExchange } from './amqp-topology.js';
import { type DeadLetter, type DeadLetters, letterId, type Wanted } from './dead-letters.js';
import { soundHeaders } from './sound-headers.js';
import { queues as contractQueues, deadLetterQueue, type QueueDefinition } from './topology.js';

/** What is done with a letter that was taken out of its queue; true: it is gone, false: it goes back. */
type Treatment = (letter: DeadLetter, message: GetMessage) => Promise<boolean> | boolean;

/** The headers under which a dead letter keeps why it is one. */
const WHY = ['reason', 'service', 'attempts', 'died_at'];

/**
 * Whoever has this exclusive queue has all dead letters in hand: what one holds, another would not see. It goes with its
 * connection.
 */
const IN_HAND = 'dead:in hand';
const TURN_MS = 30_000;

/** The dead letters at RabbitMQ: a queue of them beside each consumer's queue. */
export class AmqpDeadLetters implements DeadLetters {
  constructor(
    private readonly url: string,
    private readonly queues: readonly QueueDefinition[] = contractQueues,
  ) {}

  async list(limit: number): Promise<DeadLetter[]> {
    const letters: DeadLetter[] = [];
    await this.visit((letter) => {
      letters.push(letter);
      return false;
    }, limit);
    return letters.toSorted((a, b) => a.diedAt.getTime() - b.diedAt.getTime());
  }

  async replay(wanted: Wanted, onReplayed: (letter: DeadLetter) => void = () => undefined): Promise<DeadLetter[]> {
    const replayed: DeadLetter[] = [];
    const publisher = new AmqpPublisher();
    await this.visit(
      async (letter, message) => {
        if (!wanted(letter)) return false;
        const { headers, ...envelope } = fromAmqp(message);
        const kept = Object.entries(headers).filter(([name]) => !WHY.includes(name));
        const options = toAmqp({ ...envelope, type: letter.type, headers: Object.fromEntries(kept) });
        await publisher.publish(retryExchange, letter.queue, message.content, options);
        replayed.push(letter);
        onReplayed(letter);
        return true;
      },
      Infinity,
      publisher,
    );
    return replayed;
  }

  async drop(wanted: Wanted): Promise<DeadLetter[]> {
    const dropped: DeadLetter[] = [];
    await this.visit((letter) => wanted(letter) && dropped.push(letter) > 0);
    return dropped;
  }

  /** Shows every letter to `treat`. Those that are not gone are given back, in their order, by the end of the channel. */
  private async visit(treat: Treatment, limit = Infinity, publisher?: AmqpPublisher): Promise<void> {
    const connection = await amqplib.connect(this.url, socketOptions('dead letters'));
    connection.on('error', () => undefined);
    try {
      await untilOurTurn(connection);
      await publisher?.attach(connection);
      for (const { name } of this.queues) await visitQueue(connection, name, treat, limit);
    } finally {
      await connection.close().catch(() => undefined);
    }
  }
}

async function visitQueue(connection: ChannelModel, queue: string, treat: Treatment, limit: number): Promise<void> {
  const channel = await connection.createChannel();
  channel.on('error', () => undefined);
  const dead = deadLetterQueue(queue);
  // A queue that no service has declared yet closes the channel.
  const known = await channel.checkQueue(dead).catch(() => undefined);
  if (!known) return;
  for (let left = Math.min(known.messageCount, limit); left > 0; left -= 1) {
    const message = await channel.get(dead);
    if (!message) break;
    if (await treat(toLetter(queue, message), message)) channel.ack(message);
  }
  await channel.close();
}

/** Resolves when nobody else has the dead letters in hand. */
async function untilOurTurn(connection: ChannelModel): Promise<void> {
  const latest = performance.now() + TURN_MS;
  for (;;) {
    const channel = await connection.createChannel();
    channel.on('error', () => undefined);
    try {
      await channel.assertQueue(IN_HAND, { exclusive: true, durable: false });
      return;
    } catch (error) {
      if (performance.now() > latest) throw new Error('somebody else has the dead letters in hand', { cause: error });
      await pause(100);
    }
  }
}

function toLetter(queue: string, message: GetMessage): DeadLetter {
  const { messageId, correlationId, type, timestamp, text } = fromAmqp(message);
  const headers = soundHeaders(message.properties.headers ?? {});
  const diedAt = new Date(String(headers['died_at']));
  return {
    id: letterId(queue, messageId),
    ...{ queue, messageId, correlationId, text },
    type,
    service: String(headers['service'] ?? queue.split(':')[0]),
    reason: String(headers['reason'] ?? 'unknown'),
    attempts: Number(headers['attempts'] ?? 1),
    diedAt: Number.isNaN(diedAt.getTime()) ? new Date(timestamp) : diedAt,
  };
}
