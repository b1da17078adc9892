import type { Logger } from '@shop/shared/logging/logger';
import { noteOrigin } from '@shop/shared/telemetry/event-origin';
import { contextFrom } from '@shop/shared/telemetry/trace-context';
import type { WakeUp } from './wake-up.js';
import type { WakeUps } from './wake-ups.js';
import type { OrderView } from '../persistence/order-view.js';

/** What a stream gives: reads what is new since the last read. */
export interface VersionSource {
  /** Whose wake-ups concern it. */
  readonly userId: number;
  /**
   * The versions since the last read, in order; `complete` when no other will ever follow. Where `news` says which orders
   * have some, it is enough to look at these; null says to look at all.
   */
  read(
    news: readonly WakeUp[] | null,
  ): Promise<{ readonly versions: readonly OrderView[]; readonly complete: boolean }>;
  /** Whether a wake-up says something that was not given yet. */
  isNews(wakeUp: WakeUp): boolean;
}

/** Wake-ups may be lost, so a stream looks by itself every few seconds; not all streams at once. */
const POLL_MS = 3_000;
const pollDelay = () => POLL_MS * (0.75 + Math.random() / 2);

/**
 * One client's stream. It reads at the start, at each wake-up and every few seconds, holds a listener and a timer while
 * it waits, and lets go of both when it ends or the client goes away. A read that fails is done again.
 */
export class VersionStream implements AsyncIterableIterator<OrderView> {
  private readonly stopListening: () => void;
  private readonly ready: OrderView[] = [];
  private complete = false;
  private closed = false;
  /** Something that nobody told us of may be new since the last read began. */
  private uncertain = true;
  /** What we were told of since the last read began. */
  private news: WakeUp[] = [];
  private stir: (() => void) | undefined;
  /** When it looks at all, however much it was told of meanwhile. */
  private nextLook = 0;

  constructor(
    private readonly source: VersionSource,
    wakeUps: WakeUps,
    private readonly logger: Logger,
  ) {
    this.stopListening = wakeUps.listen(source.userId, (wakeUp) => {
      if (wakeUp === null) this.uncertain = true;
      else if (source.isNews(wakeUp)) this.news.push(wakeUp);
      else return;
      this.stir?.();
    });
  }

  async next(): Promise<IteratorResult<OrderView>> {
    for (;;) {
      const value = this.closed ? undefined : this.ready.shift();
      if (value) return { done: false, value };
      if (this.complete || this.closed) return this.return();
      await this.somethingNew();
      if (!this.closed) await this.read();
    }
  }

  async return(): Promise<IteratorReturnResult<undefined>> {
    this.closed = true;
    this.stopListening();
    this.stir?.();
    return { done: true, value: undefined };
  }

  async throw(error: unknown): Promise<never> {
    await this.return();
    throw error;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  private async read(): Promise<void> {
    const news = this.uncertain ? null : this.news;
    if (this.uncertain) this.nextLook = performance.now() + pollDelay();
    this.uncertain = false;
    this.news = [];
    try {
      const { versions, complete } = await this.source.read(news);
      if (news) noteOrigins(versions, news);
      this.ready.push(...versions);
      this.complete = complete;
    } catch (error) {
      this.logger.warn({ err: error }, 'live status: could not read, will try again');
    }
  }

  private async somethingNew(): Promise<void> {
    const untilNextLook = this.nextLook - performance.now();
    if (untilNextLook <= 0) this.uncertain = true;
    if (this.uncertain || this.news.length > 0 || this.closed) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => {
        this.uncertain = true;
        resolve();
      }, untilNextLook);
      this.stir = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.stir = undefined;
  }
}

/** A version belongs to the trace of the wake-up that told of it; of several, to that of its own. */
function noteOrigins(versions: readonly OrderView[], news: readonly WakeUp[]): void {
  for (const view of versions) {
    const wakeUp = news.find(({ order_uuid, version }) => order_uuid === view.uuid && version === view.version);
    if (wakeUp) noteOrigin(view, contextFrom(wakeUp));
  }
}
