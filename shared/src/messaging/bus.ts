import type { StopTime } from '../lifecycle/stop-time.js';
import type { Component } from '../lifecycle/system.js';
import type { Exchange } from './define-event.js';

/** What travels: the AMQP properties of the event contract, and a body that is not parsed yet. */
export interface Envelope {
  /** The outbox row's uuid, the same at every republication. */
  readonly messageId: string;
  /** The order's uuid, or whatever else the message is about. */
  readonly correlationId: string;
  /** The routing key. */
  readonly type: string;
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
  /** The publishing service. */
  readonly appId: string;
  /** W3C trace context and the like. */
  readonly headers: Readonly<Record<string, string>>;
}

export interface OutgoingMessage extends Envelope {
  readonly exchange: Exchange;
  /** A JSON value. */
  readonly body: unknown;
}

export interface IncomingMessage extends Envelope {
  /** The body's text as it arrived: JSON when the publisher kept to the contract. */
  readonly text: string;
  /** 1 at the first delivery, one more at each retry of this handler. */
  readonly attempt: number;
  /** True when the broker had handed this very delivery out before and got no answer. */
  readonly redelivered: boolean;
}

/** Resolves: acknowledged. Throws `PermanentFault`: dead letter, with its reason. Throws anything else: retried later. */
export type MessageHandler = (message: IncomingMessage) => Promise<void>;

export interface ConsumeOptions {
  /** How many messages of this queue are handled at once. 10 unless told. */
  readonly prefetch?: number;
}

/** A fault that no retry can mend. The message becomes a dead letter and keeps this reason. */
export class PermanentFault extends Error {
  override readonly name = 'PermanentFault';
}

/** The broker is there and no queue of it takes this message. Others may pass; it does, once a queue is bound for it. */
export class Undeliverable extends Error {
  override readonly name = 'Undeliverable';
}

/**
 * The one port to the message broker. `start` declares the whole topology; consumers begin at `startConsuming`, so that
 * a service is whole before its first message comes. `stop` waits for the handlers in flight (bounded), then closes.
 */
export interface Bus extends Component {
  /**
   * Resolves when the broker has confirmed the message for every bound queue. Rejects otherwise: publish it again; with
   * `Undeliverable` when the trouble is this message's alone.
   */
  publish(message: OutgoingMessage): Promise<void>;
  /** Names the handler of a queue. Called before `startConsuming`. */
  consume(queue: string, handler: MessageHandler, options?: ConsumeOptions): void;
  startConsuming(): Promise<void>;
  /** Stops taking messages and waits for the handlers in flight, as long as their share of `time`; publishing goes on. */
  stopConsuming(time?: StopTime): Promise<void>;
  /** Whether the broker is reachable now. */
  readonly connected: boolean;
  /** Calls back at every (re)connection and loss. Returns how to stop listening. */
  onConnectionChange(listener: (connected: boolean) => void): () => void;
  /**
   * How many messages wait in a queue, handed out or not; retries that wait for their time count too. 0 means drained;
   * an adapter that can't tell whose retries wait counts them all. Rejects while the broker is away.
   */
  depth(queue: string): Promise<number>;
  /** How many messages wait in each of these queues, or dead-letter queues. A rough look; rejects like `depth`. */
  ready(queues: readonly string[]): Promise<readonly number[]>;
}
