import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from '../logging/logger.js';
import { ConnectionState } from './connection-state.js';
import { EmbeddedSession } from './embedded-session.js';

const SWEEP_MS = 5_000;
const FIRST_BACKOFF_MS = 100;
const MAX_BACKOFF_MS = 5_000;

/**
 * Keeps one session with the bus' database open for as long as it is started, and with it the knowledge, for all buses,
 * of which worker pools are alive. Looks for dead ones again and again: PostgreSQL may notice a death late.
 */
export class EmbeddedLink {
  readonly state = new ConnectionState();
  private readonly pools = new Set<string>();
  private session: EmbeddedSession | undefined;
  private sweeping: NodeJS.Timeout | undefined;
  private stopping = new AbortController();
  private reopening: Promise<void> | undefined;

  constructor(
    private readonly connectionString: string,
    private readonly connectionName: string,
    private readonly logger: Logger,
  ) {}

  /** Rejects when the database is away. After that it comes back by itself. */
  async start(): Promise<void> {
    this.stopping = new AbortController();
    await this.open();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.reopening;
    await this.close();
  }

  /** Starts a worker pool and makes it known as alive. Frees the jobs of dead ones. Rejects when the database is away. */
  async register(startPool: () => { readonly id: string }): Promise<void> {
    if (!this.session) throw new Error('the bus database is away');
    await this.session.register(() => {
      const pool = startPool();
      this.pools.add(pool.id);
      return pool;
    });
  }

  /** A worker pool has ended: what it has still locked is free. Without a connection that is left to a sweep. */
  async release(poolId: string): Promise<void> {
    this.pools.delete(poolId);
    await this.session?.release(poolId).catch(() => undefined);
  }

  private async open(): Promise<void> {
    const { connectionString, connectionName: name, pools } = this;
    const session = await EmbeddedSession.open({ connectionString, name, pools, onLost: (error) => this.lost(error) });
    this.session = session;
    const failed = (error: unknown) => this.logger.debug({ err: error }, 'message bus: sweep');
    this.sweeping = setInterval(() => void session.sweep().catch(failed), SWEEP_MS);
    this.state.set(true);
  }

  private async close(): Promise<void> {
    clearInterval(this.sweeping);
    const session = this.session;
    this.session = undefined;
    this.state.set(false);
    await session?.close().catch(() => undefined);
  }

  private lost(error: Error): void {
    if (this.stopping.signal.aborted) return;
    this.logger.warn({ err: error }, 'the bus database is away: trying again');
    this.reopening = (this.reopening ?? Promise.resolve()).then(() => this.reopen());
  }

  private async reopen(): Promise<void> {
    const { signal } = this.stopping;
    await this.close();
    for (let backoff = FIRST_BACKOFF_MS; !signal.aborted; backoff = Math.min(backoff * 2, MAX_BACKOFF_MS)) {
      await pause(backoff, undefined, { signal }).catch(() => undefined);
      try {
        if (!signal.aborted) await this.open();
        return;
      } catch (error) {
        this.logger.debug({ err: error }, 'the bus database is still away');
      }
    }
  }
}
