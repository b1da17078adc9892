import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { Agent, request } from 'undici';
import type { LogEntry } from '../domain/log-entry.js';
import { type LogSink, Refused, TryLater } from './log-sink.js';
import { LokiBatches, lokiBatches, type LokiLine } from './loki-batch.js';

export interface LokiOptions {
  /** Loki's address: the path of its push API is added. */
  readonly url: string;
  /** A bearer token; or a user and a password; or neither. */
  readonly token?: string | undefined;
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  /** For a Loki with many tenants. */
  readonly tenant?: string | undefined;
}

const PUSH = '/loki/api/v1/push';
const ANSWER_WITHIN_MS = 10_000;
/** What a Retry-After may ask for at most, in ms. */
const LONGEST_WAIT_MS = 300_000;
const compressed = promisify(gzip);

/** These say something of the address or of who we are, not of an entry: a smaller batch would fare no better. */
const OF_ALL = [401, 403, 404, 405];

/**
 * Pushes to Loki, some of a batch at a time. 204 is kept; 429, 5xx and no answer are tried again. Any other answer refuses
 * for good: the entries that it is about are looked for by halves, so that the others are kept.
 */
export class LokiSink implements LogSink {
  readonly name = 'loki';
  private readonly agent = new Agent({ connections: 1, connect: { timeout: ANSWER_WITHIN_MS } });
  private readonly batches = new LokiBatches();
  /** Of entries that may be given again, as others of their batch are not through: why Loki refused them, or null. */
  private readonly answered = new WeakMap<LogEntry, string | null>();
  private readonly address: string;
  private readonly headers: Readonly<Record<string, string>>;

  constructor(options: LokiOptions) {
    this.address = options.url.replace(/\/+$/, '').replace(new RegExp(`(?<!${PUSH})$`), PUSH);
    this.headers = {
      'content-type': 'application/json',
      'content-encoding': 'gzip',
      ...authorization(options),
      ...(options.tenant !== undefined && { 'x-scope-orgid': options.tenant }),
    };
  }

  async write(batch: readonly LogEntry[]): Promise<void> {
    for (const lines of lokiBatches(batch.filter((entry) => !this.answered.has(entry)))) await this.deliver(lines);
    const refused = batch.filter((entry) => this.answered.get(entry));
    const [first] = refused;
    if (first) throw new Refused(this.answered.get(first) ?? '', refused);
  }

  /** Ends when each of these is kept or refused. */
  private async deliver(lines: readonly LokiLine[]): Promise<void> {
    const refusal = await this.push(lines);
    if (!refusal || lines.length === 1 || OF_ALL.includes(refusal.status)) {
      for (const { entry } of lines) this.answered.set(entry, refusal?.reason ?? null);
      return;
    }
    const middle = Math.ceil(lines.length / 2);
    await this.deliver(lines.slice(0, middle));
    await this.deliver(lines.slice(middle));
  }

  /** Null: kept. */
  private async push(lines: readonly LokiLine[]): Promise<{ status: number; reason: string } | null> {
    const { statusCode, headers, body } = await request(this.address, {
      method: 'POST',
      headers: this.headers,
      body: await compressed(this.batches.body(lines)),
      dispatcher: this.agent,
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
    const reason = `Loki answered ${statusCode}: ${(await body.text()).trim().slice(0, 200)}`;
    if (statusCode >= 200 && statusCode < 300) return null;
    if (statusCode === 429 || statusCode >= 500) throw new TryLater(reason, waitIn(headers['retry-after']));
    return { status: statusCode, reason };
  }

  async close(): Promise<void> {
    await this.agent.destroy();
  }
}

function authorization({ token, user, password }: LokiOptions): Record<string, string> {
  if (token !== undefined) return { authorization: `Bearer ${token}` };
  if (user === undefined) return {};
  return { authorization: `Basic ${Buffer.from(`${user}:${password ?? ''}`).toString('base64')}` };
}

/** Retry-After in ms: seconds, or a date (RFC 9110, section 10.2.3). 0 without one. */
function waitIn(header: string | string[] | undefined): number {
  if (typeof header !== 'string') return 0;
  const ms = /^\d+$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - Date.now();
  return Number.isNaN(ms) ? 0 : Math.min(Math.max(ms, 0), LONGEST_WAIT_MS);
}
