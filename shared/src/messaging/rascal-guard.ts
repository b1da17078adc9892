import type { EventEmitter } from 'node:events';
import callbackApi, { type Channel, type Connection, type Message, type SocketOptions } from 'amqplib/callback_api';
import { soundHeaders } from './sound-headers.js';

type Method = (...parameters: unknown[]) => unknown;
type OnChannel = (error: unknown, channel?: Channel) => void;
type OnMessage = (message: Message | null) => void;

/** What rascal calls of a connection and of a channel, each with a callback as its last argument. */
const CONNECTION_METHODS = ['createChannel', 'createConfirmChannel', 'close'];
const CHANNEL_METHODS = ['assertExchange', 'assertQueue', 'bindQueue', 'prefetch', 'consume', 'cancel', 'close'];

let installed = false;

/**
 * Makes rascal survive the moment in which a connection breaks. amqplib's callback API throws when it is called just
 * after that, and rascal calls it from queues and timers, where nobody can catch it: a broker that restarts would end
 * the process. And it never answers a close that the other side's close has overtaken, for which rascal waits without
 * end. (rascal 21.0.1 with amqplib 2.3.1: lib/amqp/Vhost.js, lib/amqp/SubscriberSession.js.) Here every callback is
 * called, with the error if there is one; rascal handles that.
 *
 * And makes what comes in harmless before rascal sees it. A header `x-death` that is no list makes it throw where amqplib
 * ends the connection for that, so that one message would keep all consumers of a service from working, for good; one under
 * `rascal` makes it throw a message away that no handler has seen. (lib/amqp/Subscription.js: immediateNack.)
 */
export function guardRascal(): void {
  if (installed) return;
  installed = true;
  const { connect } = callbackApi;
  const guarded = (url: string, options: SocketOptions, done: (error: unknown, connection?: Connection) => void) =>
    connect(url, options, (error: unknown, connection?: Connection) => {
      done(error, connection && guardConnection(connection));
    });
  Object.assign(callbackApi, { connect: guarded });
}

function guardConnection(connection: Connection): Connection {
  for (const name of ['createChannel', 'createConfirmChannel']) {
    const create = methodOf(connection, name);
    Reflect.set(connection, name, (done: OnChannel) =>
      create((error: unknown, channel?: Channel) => {
        if (channel) {
          guard(channel, CHANNEL_METHODS);
          receiveSound(channel);
        }
        done(error, channel);
      }),
    );
  }
  guard(connection, CONNECTION_METHODS);
  return connection;
}

/** Consumers on this channel get messages with sound headers only. */
function receiveSound(channel: Channel): void {
  const consume = methodOf(channel, 'consume');
  Reflect.set(channel, 'consume', (queue: string, onMessage: OnMessage, ...others: unknown[]) =>
    consume(queue, (message: Message | null) => onMessage(message && withSoundHeaders(message)), ...others),
  );
}

function withSoundHeaders({ fields, properties, content }: Message): Message {
  return { fields, properties: { ...properties, headers: soundHeaders(properties.headers ?? {}) }, content };
}

function guard(target: EventEmitter, methods: readonly string[]): void {
  answerClose(target);
  passErrorsOn(target, methods);
}

/** Calls back when the target has closed, whoever closed it. */
function answerClose(target: EventEmitter): void {
  const close = methodOf(target, 'close');
  Reflect.set(target, 'close', (done?: () => void) => {
    let answered = false;
    const answer = () => {
      if (answered) return;
      answered = true;
      // Not before what rascal has put off, by setImmediate too, until after the loss that it has seen.
      setImmediate(() => done?.());
    };
    target.once('close', answer);
    return close(answer);
  });
}

/** Hands what these methods throw to their callbacks. */
function passErrorsOn(target: object, names: readonly string[]): void {
  for (const name of names) {
    const method = methodOf(target, name);
    Reflect.set(target, name, (...parameters: unknown[]) => {
      try {
        return method(...parameters);
      } catch (error) {
        const callback = parameters.at(-1);
        if (typeof callback !== 'function') throw error;
        return setImmediate(() => Reflect.apply(callback, undefined, [error]));
      }
    });
  }
}

function methodOf(target: object, name: string): Method {
  const method: unknown = Reflect.get(target, name);
  if (typeof method !== 'function') throw new Error(`amqplib has no ${name} any more`);
  return (...parameters) => Reflect.apply(method, target, parameters);
}
