import type { ChannelModel, Channel } from 'amqplib';
import type { LogChannel } from './log-channel.js';
import { toLogEntry } from './log-line.js';
import { silentLogger } from './logger.js';
import { WaitingLines } from './waiting-lines.js';
import { logEvents, type LogEntryBody } from '../contracts/log-events.js';
import type { Component } from '../lifecycle/system.js';
import { AmqpConnection } from '../messaging/amqp-connection.js';
import { within } from '../messaging/in-flight.js';

/** Where a service's log lines go besides its own stdout. Never throws, never waits, and loses rather than grows. */
export interface LogShipping extends Component {
  /** Takes one JSON line. */
  write(line: string): void;
  /** Lines that were lost since the start. */
  readonly dropped: number;
}

/** A broker that does not answer is no reason to go on living. */
const CLOSE_LIMIT_MS = 1_000;

/**
 * Publishes log lines as `log.*` events over a connection of its own, so that a flood of them never stands before an
 * order's message. They are neither persistent nor confirmed; the oldest are dropped while the broker is away or slow, and
 * how many is said once it is back.
 */
export class AmqpLogShipping implements LogShipping {
  readonly name = 'log shipping';
  private readonly connection: AmqpConnection;
  private readonly waiting = new WaitingLines((line) => this.publish(line));
  private channel: Channel | undefined;
  /** The broker has not taken yet what was published. */
  private clogged = false;
  private admitted = 0;

  constructor(
    url: string,
    private readonly service: string,
  ) {
    // Its own lines would ship themselves.
    this.connection = new AmqpConnection(url, `${service} log`, silentLogger, (model) => this.attach(model));
  }

  async start(): Promise<void> {
    // Nobody waits for the log.
    void this.connection.start();
  }

  async stop(): Promise<void> {
    while (this.isOpen && this.waiting.shipBatch());
    await within(CLOSE_LIMIT_MS, Promise.resolve(this.channel?.close().catch(() => undefined)));
    await within(CLOSE_LIMIT_MS, this.connection.stop());
  }

  write(line: string): void {
    this.waiting.add(line);
    this.shipSoon();
  }

  get dropped(): number {
    return this.waiting.dropped;
  }

  private async attach(model: ChannelModel): Promise<void> {
    const channel = await model.createChannel();
    channel.on('error', () => void model.close().catch(() => undefined));
    channel.on('close', () => {
      if (this.channel === channel) this.channel = undefined;
    });
    channel.on('drain', () => {
      this.clogged = false;
      this.shipSoon();
    });
    await channel.assertExchange('logs_exchange', 'topic', { durable: true });
    this.channel = channel;
    this.clogged = false;
    this.shipSoon();
  }

  private get isOpen(): boolean {
    return this.channel !== undefined && !this.clogged;
  }

  private shipSoon(): void {
    if (!this.isOpen) return;
    this.admitLoss();
    this.waiting.shipSoon();
  }

  /** Says once what was lost since it was said last. */
  private admitLoss(): void {
    const lost = this.dropped - this.admitted;
    if (lost === 0) return;
    this.admitted = this.dropped;
    const loss = { level: 'warn', service: this.service, message: 'log entries were lost on their way', lost };
    this.waiting.add(JSON.stringify({ ...loss, time: new Date().toISOString() }));
  }

  /** False when the broker takes no more for now. What it took to be too much it has taken all the same. */
  private publish(line: string): boolean {
    const { channel } = this;
    if (!channel || this.clogged) return false;
    const entry = toLogEntry(line);
    try {
      if (entry) this.clogged = !publishEntry(channel, entry);
      return true;
    } catch {
      // It has just closed.
      return false;
    }
  }
}

/** Hands log lines to the logger in the same process, between other work. */
export class InProcessLogShipping implements LogShipping {
  readonly name = 'log shipping';
  private readonly waiting: WaitingLines;

  constructor(channel: LogChannel) {
    this.waiting = new WaitingLines((line) => {
      const entry = toLogEntry(line);
      if (entry) channel.publish(entry);
      return true;
    });
  }

  async start(): Promise<void> {}

  async stop(): Promise<void> {
    while (this.waiting.shipBatch());
  }

  write(line: string): void {
    this.waiting.add(line);
    this.waiting.shipSoon();
  }

  get dropped(): number {
    return this.waiting.dropped;
  }
}

/** False when nothing should follow until the channel has drained. Throws when it is closed. */
function publishEntry(channel: Channel, entry: LogEntryBody): boolean {
  const { exchange, key } = logEvents[entry.level];
  return channel.publish(exchange, key, Buffer.from(JSON.stringify(entry)), {
    messageId: crypto.randomUUID(),
    type: key,
    timestamp: Math.floor(Date.parse(entry.time) / 1_000),
    appId: entry.service,
    contentType: 'application/json',
    persistent: false,
  });
}
