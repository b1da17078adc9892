import { setTimeout as pause } from 'node:timers/promises';
import amqplib, { type ChannelModel } from 'amqplib';
import { StopTime } from '../lifecycle/stop-time.js';
import type { Logger } from '../logging/logger.js';
import { ConnectionState } from './connection-state.js';
import { within } from './in-flight.js';

const FIRST_BACKOFF_MS = 100;
const MAX_BACKOFF_MS = 5_000;
const LIMIT_MS = 5_000;
const HEARTBEAT_S = 10;

/** What every connection to RabbitMQ asks for. Nagle's algorithm would hold small frames back for up to 40 ms a hop. */
export function socketOptions(connectionName: string) {
  return { noDelay: true, timeout: LIMIT_MS, clientProperties: { connection_name: connectionName } };
}

/** A connection to RabbitMQ that comes back by itself for as long as it is started. */
export class AmqpConnection {
  /** False also while the broker takes no publications: it says so when it runs out of memory or disk. */
  readonly state = new ConnectionState();
  private connection: ChannelModel | undefined;
  private stopping = new AbortController();
  private loop: Promise<void> = Promise.resolve();

  /** `onOpen` prepares each new connection before it counts as connected. */
  constructor(
    private readonly url: string,
    private readonly connectionName: string,
    private readonly logger: Logger,
    private readonly onOpen: (connection: ChannelModel) => Promise<void>,
  ) {}

  /** Resolves when connected, or when it is clear that the broker is away: then it goes on trying. Never rejects. */
  async start(): Promise<void> {
    this.stopping = new AbortController();
    await new Promise<void>((tried) => (this.loop = this.keepOpen(this.stopping.signal, tried)));
  }

  async stop(time = new StopTime()): Promise<void> {
    this.stopping.abort();
    if (!(await within(time.leftFor('connections', LIMIT_MS), this.loop)))
      this.logger.warn('the message broker did not answer while closing');
  }

  /** The open connection; throws when there is none now. */
  get current(): ChannelModel {
    if (!this.connection) throw new Error('the message broker is away');
    return this.connection;
  }

  private async keepOpen(stopping: AbortSignal, tried: () => void): Promise<void> {
    for (let backoff = FIRST_BACKOFF_MS; !stopping.aborted; backoff = Math.min(backoff * 2, MAX_BACKOFF_MS)) {
      try {
        const connection = await this.open();
        const ended = this.endOf(connection, stopping);
        await this.prepare(connection);
        tried();
        backoff = FIRST_BACKOFF_MS;
        await ended;
      } catch (error) {
        this.logger.debug({ err: error }, 'the message broker is away: trying again');
      }
      this.connection = undefined;
      this.state.set(false);
      tried();
      await pause(backoff, undefined, { signal: stopping }).catch(() => undefined);
    }
  }

  private async prepare(connection: ChannelModel): Promise<void> {
    try {
      await this.onOpen(connection);
    } catch (error) {
      await connection.close().catch(() => undefined);
      throw error;
    }
    this.connection = connection;
    this.state.set(true);
  }

  private async open(): Promise<ChannelModel> {
    const url = new URL(this.url);
    url.searchParams.set('heartbeat', String(HEARTBEAT_S));
    return amqplib.connect(url.href, socketOptions(this.connectionName));
  }

  /** Resolves when the connection has ended: lost, or closed because of the stop. */
  private endOf(connection: ChannelModel, stopping: AbortSignal): Promise<void> {
    connection.on('error', (error) => this.logger.debug({ err: error }, 'message broker'));
    connection.on('blocked', () => this.state.set(false));
    connection.on('unblocked', () => this.state.set(this.connection === connection));
    const close = () => void connection.close().catch(() => undefined);
    stopping.addEventListener('abort', close, { once: true });
    return new Promise((resolve) => {
      connection.on('close', () => {
        stopping.removeEventListener('abort', close);
        resolve();
      });
    });
  }
}
