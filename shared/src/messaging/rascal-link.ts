import { setTimeout as pause } from 'node:timers/promises';
import rascal, { type BrokerAsPromised, type BrokerConfig } from 'rascal';
import { StopTime } from '../lifecycle/stop-time.js';
import type { Logger } from '../logging/logger.js';
import { ConnectionState } from './connection-state.js';
import { within } from './in-flight.js';
import { guardRascal } from './rascal-guard.js';

const FIRST_BACKOFF_MS = 200;
const MAX_BACKOFF_MS = 5_000;
const START_LIMIT_MS = 5_000;
/** One that does not answer in this time is left to its end, which its heartbeats bring, or the last handler at work. */
const CLOSE_LIMIT_MS = 2_000;
const STOP_LIMIT_MS = 5_000;
/** What is missing again after it was declared is nothing that declaring mends: it is done less and less often then. */
const FIRST_RENEWAL_PAUSE_MS = 10_000;
const LONGEST_RENEWAL_PAUSE_MS = 60_000;

/**
 * One connection to RabbitMQ for as long as it is started. Rascal reconnects by itself once it has been connected; until
 * then this tries again, so that a service can start while the broker is away.
 */
export class RascalLink {
  readonly state = new ConnectionState();
  private current: BrokerAsPromised | undefined;
  private stopping = new AbortController();
  private connecting: Promise<void> = Promise.resolve();
  private renewal: NodeJS.Timeout | undefined;
  private renewedAt = -Infinity;
  private renewalPauseMs = 0;

  /** `onOpen` is called once for each broker, when the topology is declared; rascal resubscribes after that by itself. */
  constructor(
    private readonly config: BrokerConfig,
    private readonly logger: Logger,
    private readonly onOpen: (broker: BrokerAsPromised) => Promise<void>,
  ) {}

  /** Resolves when connected, or when it is clear that the broker is away: then it goes on trying. Never rejects. */
  async start(): Promise<void> {
    this.stopping = new AbortController();
    await new Promise<void>((tried) => {
      this.connecting = this.connect(this.stopping.signal, tried);
      void within(START_LIMIT_MS, this.connecting).then(() => tried());
    });
  }

  /**
   * Declares everything and subscribes again, over a new connection: soon, if it is wanted often. For what rascal does not
   * mend by itself, a queue, a binding or an exchange that was deleted while the connection stands.
   */
  renew(why: string): void {
    if (this.renewal || this.stopping.signal.aborted) return;
    const quiet = performance.now() - this.renewedAt;
    if (quiet > LONGEST_RENEWAL_PAUSE_MS) this.renewalPauseMs = 0;
    const wait = Math.max(0, this.renewalPauseMs - quiet);
    this.renewal = setTimeout(() => {
      this.renewal = undefined;
      this.renewedAt = performance.now();
      this.renewalPauseMs = Math.min(
        Math.max(FIRST_RENEWAL_PAUSE_MS, this.renewalPauseMs * 2),
        LONGEST_RENEWAL_PAUSE_MS,
      );
      // One that is away, or not open yet, is declared anyway when it comes.
      if (this.current && this.state.connected) this.reopen(this.current, why);
    }, wait);
  }

  async stop(time = new StopTime()): Promise<void> {
    this.stopping.abort();
    clearTimeout(this.renewal);
    this.renewal = undefined;
    const broker = this.current;
    this.current = undefined;
    const leftMs = time.leftFor('connections', STOP_LIMIT_MS);
    await Promise.all([within(leftMs, this.connecting), broker && this.close(broker, leftMs)]);
    this.state.set(false);
  }

  /** The broker, if it has been open since the start; rascal may be reconnecting it. */
  get broker(): BrokerAsPromised | undefined {
    return this.current;
  }

  private reopen(broker: BrokerAsPromised, why: string): void {
    this.logger.warn({ why }, 'message broker: declaring everything again');
    this.current = undefined;
    this.state.set(false);
    const { signal } = this.stopping;
    this.connecting = this.close(broker).then(() => this.connect(signal, () => undefined));
  }

  private async connect(stopping: AbortSignal, tried: () => void): Promise<void> {
    for (let backoff = FIRST_BACKOFF_MS; !stopping.aborted; backoff = Math.min(backoff * 2, MAX_BACKOFF_MS)) {
      try {
        return await this.open(stopping);
      } catch (error) {
        this.logger.warn({ err: error }, 'the message broker is away: trying again');
        await disposeFailed(error).catch(() => undefined);
      }
      tried();
      await pause(backoff, undefined, { signal: stopping }).catch(() => undefined);
    }
  }

  private async open(stopping: AbortSignal): Promise<void> {
    guardRascal();
    const broker = await rascal.createBrokerAsPromised(rascal.withDefaultConfig(this.config));
    broker.on('error', (error: Error) => this.logger.warn({ err: error }, 'message broker'));
    broker.on('disconnect', () => this.current === broker && this.state.set(false));
    // An attempt to reconnect may succeed after the stop, or when another is in its place: its connection would stay.
    broker.on('connect', () => (this.current === broker ? this.state.set(true) : void this.close(broker)));
    if (stopping.aborted) return this.close(broker);
    this.current = broker;
    this.state.set(true);
    await this.onOpen(broker);
  }

  private async close(broker: BrokerAsPromised, limitMs = CLOSE_LIMIT_MS): Promise<void> {
    const closed = broker
      .shutdown()
      .catch((error: unknown) => this.logger.debug({ err: error }, 'message broker: closing'));
    if (!(await within(limitMs, closed))) this.logger.warn('the broker did not answer while closing');
  }
}

/** Rascal hands over what it made of a broker that did not open: it has a timer that keeps the process alive. */
async function disposeFailed(error: unknown): Promise<void> {
  if (!isObject(error) || typeof error['broker'] !== 'symbol') return;
  const broker: unknown = Reflect.get(error, error['broker']);
  if (isObject(broker) && typeof broker['shutdown'] === 'function') await broker['shutdown']();
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
