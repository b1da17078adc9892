import { Socket } from 'node:net';
import pg from 'pg';
import { StopTime } from '../lifecycle/stop-time.js';
import { within } from '../messaging/in-flight.js';
import { isUnanswered } from '../persistence/unanswered.js';

const RECONNECT_MS = 1_000;
/** Its statements are small: a server that leaves one unanswered for so long is not at the other end any more. */
const ANSWER_WITHIN_MS = 10_000;
const GOODBYE_MS = 1_000;
/** What waits for rows that somebody holds on to is tried again later, well before the connection would be taken for broken. */
const LOCKED_FOR_MS = 2_000;

/**
 * A new connection means that somebody's claims may be nobody's any more: those of a process that died, or of a statement
 * whose answer was lost. A relay that lives and is publishing one of these rows makes it come twice, which consumers bear.
 */
const FREE_CLAIMS = `update outbox set claimed_until = null
  where destination = $1 and published_at is null and claimed_until is not null`;

/**
 * A relay's own connection. It calls back whenever it was made anew. Its statements need not be on disk when they return: a
 * claim or a mark that a crash of the server forgets is only made again.
 */
export class OutboxConnection {
  private client: pg.Client | undefined;
  private socket: Socket | undefined;
  private opened = false;
  private retry: NodeJS.Timeout | undefined;
  private stopped = true;
  /** Settles when what was asked last has its answer. */
  private turn: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly databaseUrl: string,
    private readonly destination: string,
    private readonly onOpen: () => void,
    private readonly answerWithinMs = ANSWER_WITHIN_MS,
  ) {}

  async start(): Promise<void> {
    this.stopped = false;
    await this.connect();
  }

  async stop(time = new StopTime()): Promise<void> {
    this.stopped = true;
    clearTimeout(this.retry);
    const goodbye = this.client?.end().catch(() => undefined);
    if (goodbye && !(await within(time.leftFor('connections', GOODBYE_MS), goodbye))) this.socket?.destroy();
  }

  /** Whether it is there now. */
  get isOpen(): boolean {
    return this.opened;
  }

  /**
   * The rows that a statement answers, once those asked before have theirs. Rejects while the connection is away; one that stays
   * silent is made anew.
   */
  query<Row extends pg.QueryResultRow>(text: string, values: readonly unknown[]): Promise<Row[]> {
    const answer = this.turn.then(() => this.ask<Row>(text, values));
    this.turn = answer.catch(() => undefined);
    return answer;
  }

  private async ask<Row extends pg.QueryResultRow>(text: string, values: readonly unknown[]): Promise<Row[]> {
    if (!this.client || !this.opened) throw new Error('the connection to the outbox is away');
    const { client, socket } = this;
    try {
      return (await client.query<Row>(text, [...values])).rows;
    } catch (error) {
      if (isUnanswered(error)) socket?.destroy();
      throw error;
    }
  }

  private async connect(): Promise<void> {
    const socket = new Socket();
    const client = new pg.Client({
      connectionString: this.databaseUrl,
      application_name: 'outbox relay',
      keepAlive: true,
      stream: () => socket,
      connectionTimeoutMillis: this.answerWithinMs,
      query_timeout: this.answerWithinMs,
    });
    this.client = client;
    this.socket = socket;
    client.on('error', () => undefined);
    client.on('end', () => this.reconnectLater());
    try {
      await client.connect();
      await client.query(`set synchronous_commit = off; set lock_timeout = ${LOCKED_FOR_MS}`);
      await client.query(FREE_CLAIMS, [this.destination]);
      this.opened = true;
      this.onOpen();
    } catch {
      socket.destroy();
      this.reconnectLater();
    }
  }

  /** The poll behind it covers the gap, so a lost connection costs time, never a message. */
  private reconnectLater(): void {
    this.opened = false;
    if (this.stopped) return;
    clearTimeout(this.retry);
    this.retry = setTimeout(() => void this.connect(), RECONNECT_MS);
  }
}
