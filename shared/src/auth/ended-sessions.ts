import { PublishedJson } from './published-json.js';
import { type SessionNews, sessionMark, sessionNews } from './session-news.js';
import { Repeating } from '../lifecycle/repeating.js';
import { unavailable } from '../errors/app-error.js';
import type { Component } from '../lifecycle/system.js';
import type { Logger } from '../logging/logger.js';

interface EndedSessionsOptions {
  /** Where auth tells which sessions have ended. */
  readonly url: string;
  readonly logger: Logger;
  /** The shortest pause between two questions; each is half as long again at the most. 1 s unless told. */
  readonly pauseMs?: number;
  /** How long auth may say nothing before that is worth a line in the log; 10 s unless told. */
  readonly silenceMs?: number;
}

const PAUSE_MS = 1_000;
/** As long as nothing was told, nobody with a session is admitted. */
const FIRST_PAUSE_MS = 100;
/** Services start side by side, and auth may be restarted: a short silence is not worth a line. */
const SILENCE_MS = 10_000;

/**
 * The sessions that ended lately, as auth tells them: asked for every second or so, so that an access token dies within
 * seconds of its session, everywhere. Each is remembered for as long as one of its tokens could live. While auth is away
 * what is known still holds; before its first answer nothing is known, of any session.
 */
export class EndedSessions implements Component {
  readonly name = 'ended sessions';
  private readonly source: PublishedJson;
  private readonly asking: Repeating;
  /** By mark, when it may be forgotten; the first is the first to be. */
  private readonly forgottenAt = new Map<string, number>();
  private readonly watchers = new Map<string, Set<() => void>>();
  /** Undefined until all was told that ended before. */
  private since: number | undefined;
  private underWay: Promise<void> | undefined;
  private failure: unknown;
  private heardAt = performance.now();
  private silent = false;

  constructor(private readonly options: EndedSessionsOptions) {
    this.source = new PublishedJson(options.url);
    const { pauseMs = PAUSE_MS } = options;
    const pause = () => (this.since === undefined ? Math.min(pauseMs, FIRST_PAUSE_MS) : pauseMs);
    this.asking = new Repeating(pause, () => this.ask());
  }

  /** Waits for the first answer, or the first failure: an auth that is away is no reason not to start. */
  async start(): Promise<void> {
    await this.ask();
    this.asking.start();
  }

  async stop(): Promise<void> {
    const asked = this.asking.stop();
    await this.source.close();
    await asked;
  }

  /** Whether this session has ended. SUBGRAPH_UNAVAILABLE as long as auth has not told: then it is asked at once. */
  async hasEnded(sessionId: string): Promise<boolean> {
    if (this.since === undefined) await this.ask();
    if (this.since === undefined) throw unavailable('the auth service is unavailable', this.failure);
    return this.has(sessionId);
  }

  /** Whether this session is known to have ended. */
  has(sessionId: string): boolean {
    return this.forgottenAt.has(sessionMark(sessionId));
  }

  /** How many are remembered. */
  get size(): number {
    return this.forgottenAt.size;
  }

  /** Calls back once the session is known to have ended, if that comes. Returns how to stop waiting for it. */
  watch(sessionId: string, onEnd: () => void): () => void {
    const mark = sessionMark(sessionId);
    const watchers = this.watchers.get(mark) ?? new Set();
    const watcher = () => onEnd();
    this.watchers.set(mark, watchers.add(watcher));
    if (this.forgottenAt.has(mark)) queueMicrotask(() => this.tell(mark));
    return () => {
      watchers.delete(watcher);
      if (watchers.size === 0 && this.watchers.get(mark) === watchers) this.watchers.delete(mark);
    };
  }

  /** Asks for what is new; whoever asks meanwhile shares it. Never rejects. */
  private ask(): Promise<void> {
    this.underWay ??= this.askAndForget().finally(() => (this.underWay = undefined));
    return this.underWay;
  }

  private async askAndForget(): Promise<void> {
    try {
      await this.askForAll();
      this.heard();
    } catch (error) {
      this.heardNothing(error);
    }
    this.forget();
  }

  /** Page by page. The next time goes on from what the first page told: what was committed since is on no later page. */
  private async askForAll(): Promise<void> {
    const first = await this.fetch(this.since === undefined ? {} : { since: this.since });
    for (let { after } = first; after !== null;) {
      const page = await this.fetch({ after });
      if (page.after !== null && page.after <= after)
        throw new Error('the next page of ended sessions is no later one');
      after = page.after;
    }
    this.since = first.next;
  }

  private async fetch(from: { since?: number; after?: number }): Promise<SessionNews> {
    const query = Object.fromEntries(Object.entries(from).map(([name, time]) => [name, String(time)]));
    const news = sessionNews.parse(await this.source.get(query));
    this.learn(news);
    return news;
  }

  private learn(news: SessionNews): void {
    const forgottenAt = performance.now() + news.remember_s * 1_000;
    for (const mark of news.ended) {
      // Told again in case that somebody missed it: it is no news, and lives no longer.
      if (this.forgottenAt.has(mark)) continue;
      this.forgottenAt.set(mark, forgottenAt);
      this.tell(mark);
    }
  }

  private tell(mark: string): void {
    const watchers = this.watchers.get(mark);
    this.watchers.delete(mark);
    for (const watcher of watchers ?? []) watcher();
  }

  private forget(): void {
    const now = performance.now();
    for (const [mark, at] of this.forgottenAt) {
      if (at > now) return;
      this.forgottenAt.delete(mark);
    }
  }

  private heard(): void {
    this.heardAt = performance.now();
    if (this.silent) this.options.logger.info('auth tells again which sessions have ended');
    this.silent = false;
  }

  private heardNothing(error: unknown): void {
    this.failure = error;
    if (this.silent || this.asking.isStopping) return;
    const { silenceMs = SILENCE_MS, logger } = this.options;
    if (performance.now() - this.heardAt < silenceMs) return;
    this.silent = true;
    const counts = this.since === undefined ? 'no token counts until it does' : 'those known count';
    logger.warn({ err: error }, `auth does not tell which sessions have ended: ${counts}`);
  }
}
