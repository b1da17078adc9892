import type { ChannelModel, Channel } from 'amqplib';
import { z } from 'zod';
import type { LogChannel } from './log-channel.js';
import { silentLogger } from './logger.js';
import { logEvents, logLevels, type LogEntryBody, type LogLevel } from '../contracts/log-events.js';
import type { Component } from '../lifecycle/system.js';
import { AmqpConnection } from '../messaging/amqp-connection.js';

/** Where a service's log lines go besides its own stdout. Never throws, never waits, and loses rather than grows. */
export interface LogShipping extends Component {
  /** Takes one JSON line. */
  write(line: string): void;
  /** Lines that were lost since the start. */
  readonly dropped: number;
}

/** Lines that wait for the broker, at most. */
const WAITING_LINES = 5_000;
const BATCH = 200;

/**
 * Publishes log lines as `log.*` events over a connection of its own, so that a flood of them never stands before an
 * order's message. They are neither persistent nor confirmed; the oldest are dropped while the broker is away or slow.
 */
export class AmqpLogShipping implements LogShipping {
  readonly name = 'log shipping';
  dropped = 0;
  private readonly connection: AmqpConnection;
  private channel: Channel | undefined;
  private waiting: string[] = [];
  private scheduled = false;

  constructor(url: string, service: string) {
    // Its own lines would ship themselves.
    this.connection = new AmqpConnection(url, `${service} log`, silentLogger, (model) => this.attach(model));
  }

  async start(): Promise<void> {
    // Nobody waits for the log.
    void this.connection.start();
  }

  async stop(): Promise<void> {
    this.flush();
    await this.channel?.close().catch(() => undefined);
    await this.connection.stop();
  }

  write(line: string): void {
    this.waiting.push(line);
    if (this.waiting.length > WAITING_LINES) this.dropOldest();
    this.flushSoon();
  }

  private async attach(model: ChannelModel): Promise<void> {
    const channel = await model.createChannel();
    channel.on('error', () => void model.close().catch(() => undefined));
    channel.on('close', () => {
      if (this.channel === channel) this.channel = undefined;
    });
    channel.on('drain', () => this.flushSoon());
    await channel.assertExchange('logs_exchange', 'topic', { durable: true });
    this.channel = channel;
    this.flushSoon();
  }

  /** In quarters, so that a full buffer does not move at every line. */
  private dropOldest(): void {
    this.dropped += this.waiting.splice(0, WAITING_LINES / 4).length;
  }

  private flushSoon(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    setImmediate(() => {
      this.scheduled = false;
      if (this.flush()) this.flushSoon();
    });
  }

  /** Publishes a batch. True when more can follow at once. */
  private flush(): boolean {
    const { channel } = this;
    if (!channel) return false;
    for (const line of this.waiting.splice(0, BATCH)) {
      const entry = toLogEntry(line);
      if (entry && !publish(channel, entry)) return false;
    }
    return this.waiting.length > 0;
  }
}

/** Hands log lines to the logger in the same process. */
export class InProcessLogShipping implements LogShipping {
  readonly name = 'log shipping';
  readonly dropped = 0;

  constructor(private readonly channel: LogChannel) {}

  async start(): Promise<void> {}

  async stop(): Promise<void> {}

  write(line: string): void {
    setImmediate(() => {
      const entry = toLogEntry(line);
      if (entry) this.channel.publish(entry);
    });
  }
}

const logLine = z.looseObject({
  level: z.string(),
  service: z.string(),
  message: z.string().default(''),
  time: z.string(),
  trace_id: z.string().optional(),
});

/** pino has more levels than the contract. */
const levels: Readonly<Record<string, LogLevel>> = { trace: 'debug', fatal: 'error' };

/** A log line as the event contract has it; undefined for a line that is none. */
export function toLogEntry(line: string): LogEntryBody | undefined {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch {
    return undefined;
  }
  const parsed = logLine.safeParse(json);
  if (!parsed.success) return undefined;
  const { level, service, message, time, trace_id, ...fields } = parsed.data;
  const known = logLevels.find((name) => name === level) ?? levels[level] ?? 'info';
  const rest = Object.keys(fields).length > 0 ? { fields } : {};
  return { level: known, service, message, time, ...(trace_id !== undefined && { trace_id }), ...rest };
}

function publish(channel: Channel, entry: LogEntryBody): boolean {
  const { exchange, key } = logEvents[entry.level];
  const options = {
    messageId: crypto.randomUUID(),
    type: key,
    timestamp: Math.floor(Date.parse(entry.time) / 1_000),
    appId: entry.service,
    contentType: 'application/json',
    persistent: false,
  };
  try {
    return channel.publish(exchange, key, Buffer.from(JSON.stringify(entry)), options);
  } catch {
    // The channel has just closed.
    return false;
  }
}
