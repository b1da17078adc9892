import type { BrokerConfig, VhostConfig } from 'rascal';
import { socketOptions } from './amqp-connection.js';
import { deadLetterExchange, deadLetterQueue, type QueueDefinition, retryDelayMs, retryDelaysMs } from './topology.js';

/** Rascal's name for the one virtual host, whatever the URL calls it. */
export const vhost = '/';

/** The direct exchange that takes a message back to exactly one queue, by the queue's name. Dead letters replay here. */
export const retryExchange = 'retry';

/** The fanout exchange, and the queue behind it, in which retries wait for one delay. */
function delayName(delayMs: number): string {
  return `delay:${delayMs}`;
}

/** Where a message waits whose attempt of this number has failed. */
export function delayExchange(failedAttempt: number): string {
  return delayName(retryDelayMs(failedAttempt));
}

export const delayQueues = retryDelaysMs.map(delayName);

export interface AmqpOptions {
  readonly url: string;
  readonly connectionName: string;
  readonly topology: Topology;
}

interface QueueOptions {
  readonly queues: readonly QueueDefinition[];
  readonly queueType: 'quorum' | 'classic';
}

/** RabbitMQ 4 has a default of 20, and then drops or dead-letters: far too few for a message that meets a string of crashes. */
const DELIVERY_LIMIT = 1_000_000;
/** How long rascal leaves a cancelled consumer's channel to its handlers: longer than any stop, which ends them earlier. */
const CANCELLED_FOR_MS = 300_000;

const RECONNECT = { min: 200, max: 5_000, factor: 2, strategy: 'exponential' as const };

/** Rascal publishes nothing: no channels are kept for it, and none made in the moment in which a connection breaks. */
const UNUSED = { min: 0, max: 1, autostart: false, evictionRunIntervalMillis: 0 };

/** Exchanges, queues and bindings. */
export interface Declarations {
  readonly exchanges: Record<string, { type: 'topic' | 'direct' | 'fanout'; options: { durable: true } }>;
  readonly queues: Record<string, { options: { durable: true; arguments: object } }>;
  readonly bindings: { source: string; destination: string; bindingKey: string }[];
}

/** All that a service declares. */
export interface Topology {
  /** What it can't do without: it is connected when this is declared. */
  readonly needed: Declarations;
  /**
   * Other services' bounded queues, whose messages may be lost. Each lives on one node of a cluster, and can't be declared
   * while that node is down: then everybody does without.
   */
  readonly spare: Declarations;
}

/** Of all queues, what one service declares. */
export function topologyFor(service: string, { queues, queueType }: QueueOptions): Topology {
  const all = declarations({ queues, queueType });
  const bounded = queues.filter((queue) => queue.maxLength !== undefined && queue.service !== service);
  const names = new Set(bounded.flatMap(({ name }) => [name, deadLetterQueue(name)]));
  const spare = ofQueues(all, (name) => names.has(name));
  return { needed: { ...ofQueues(all, (name) => !names.has(name)), exchanges: all.exchanges }, spare };
}

/** Those queues, and what leads to them. */
function ofQueues({ exchanges, queues, bindings }: Declarations, isOne: (queue: string) => boolean): Declarations {
  const theirs = bindings.filter(({ destination }) => isOne(destination));
  const sources = new Set(theirs.map(({ source }) => source));
  return {
    exchanges: Object.fromEntries(Object.entries(exchanges).filter(([name]) => sources.has(name))),
    queues: Object.fromEntries(Object.entries(queues).filter(([name]) => isOne(name))),
    bindings: theirs,
  };
}

/** What a service needs, and rascal's way to consume it. */
export function amqpConfig({ topology: { needed }, ...options }: AmqpOptions): BrokerConfig {
  return {
    vhosts: { [vhost]: { ...connection(options), ...needed } },
    subscriptions: Object.fromEntries(Object.keys(needed.queues).map((name) => [name, subscription(name)])),
  };
}

function connection({ url, connectionName }: Omit<AmqpOptions, 'topology'>): VhostConfig {
  const settings = {
    connection: { url, socketOptions: socketOptions(connectionName) },
    // Of a connection itself, rascal ignores how it shall be retried.
    defaults: { connection: { retry: RECONNECT } },
    publicationChannelPools: { confirmPool: UNUSED, regularPool: UNUSED },
    // Channels that declare side by side.
    concurrency: 8,
  };
  return settings;
}

/** The topic exchanges, every queue with its dead letters, and the ways of retries, each by its name. */
function declarations({ queues, queueType }: QueueOptions): Declarations {
  const topics = [...new Set(queues.map((queue) => queue.exchange))];
  const ours = { 'x-queue-type': queueType, ...(queueType === 'quorum' && { 'x-delivery-limit': DELIVERY_LIMIT }) };
  const bounded = (maxLength: number) => ({
    'x-queue-type': 'classic',
    'x-max-length': maxLength,
    'x-overflow': 'drop-head',
  });
  const arguments_ = ({ maxLength }: QueueDefinition) => (maxLength === undefined ? ours : bounded(maxLength));
  const waiting = (delayMs: number) => ({
    ...ours,
    'x-message-ttl': delayMs,
    'x-dead-letter-exchange': retryExchange,
    // Without these two a retry is lost when the broker stops between its expiry and its arrival.
    ...(queueType === 'quorum' && { 'x-dead-letter-strategy': 'at-least-once', 'x-overflow': 'reject-publish' }),
  });
  const durable = (type: 'topic' | 'direct' | 'fanout') => ({ type, options: { durable: true as const } });
  const queue = (args: object) => ({ options: { durable: true as const, arguments: args } });
  const bind = (source: string, destination: string, bindingKey: string) => ({ source, destination, bindingKey });

  return {
    exchanges: {
      ...Object.fromEntries(topics.map((name) => [name, durable('topic')])),
      ...Object.fromEntries(delayQueues.map((name) => [name, durable('fanout')])),
      [deadLetterExchange]: durable('direct'),
      [retryExchange]: durable('direct'),
    },
    queues: {
      ...Object.fromEntries(queues.map((definition) => [definition.name, queue(arguments_(definition))])),
      ...Object.fromEntries(
        queues.map((definition) => [deadLetterQueue(definition.name), queue(arguments_(definition))]),
      ),
      ...Object.fromEntries(retryDelaysMs.map((delayMs) => [delayName(delayMs), queue(waiting(delayMs))])),
    },
    bindings: [
      ...queues.map(({ name, exchange, key }) => bind(exchange, name, key)),
      ...queues.map(({ name }) => bind(deadLetterExchange, deadLetterQueue(name), name)),
      ...queues.map(({ name }) => bind(retryExchange, name, name)),
      ...delayQueues.map((name) => bind(name, name, '#')),
    ],
  };
}

/** The content type is ours so that rascal parses nothing: a body that is no JSON must reach its handler. */
function subscription(queue: string) {
  return {
    vhost,
    queue,
    contentType: 'application/octet-stream',
    closeTimeout: CANCELLED_FOR_MS,
    retry: RECONNECT,
  };
}
