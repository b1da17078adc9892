import pg from 'pg';

const RECONNECT_MS = 1_000;

/**
 * Listens for the outbox trigger on a connection of its own, and calls back at each commit that announced something to
 * one destination, and whenever it may have missed some.
 */
export class OutboxListener {
  private client: pg.Client | undefined;
  private retry: NodeJS.Timeout | undefined;
  private stopped = true;

  constructor(
    private readonly databaseUrl: string,
    private readonly destination: string,
    private readonly onWake: () => void,
  ) {}

  async start(): Promise<void> {
    this.stopped = false;
    await this.connect();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.retry);
    await this.client?.end().catch(() => undefined);
  }

  private async connect(): Promise<void> {
    const client = new pg.Client({ connectionString: this.databaseUrl, keepAlive: true });
    this.client = client;
    client.on('notification', ({ payload }) => payload === this.destination && this.onWake());
    client.on('error', () => undefined);
    client.on('end', () => this.reconnectLater());
    try {
      await client.connect();
      await client.query('listen outbox');
      this.onWake();
    } catch {
      await client.end().catch(() => undefined);
      this.reconnectLater();
    }
  }

  /** The poll behind it covers the gap, so a lost connection costs time, never a message. */
  private reconnectLater(): void {
    if (this.stopped) return;
    clearTimeout(this.retry);
    this.retry = setTimeout(() => void this.connect(), RECONNECT_MS);
  }
}
