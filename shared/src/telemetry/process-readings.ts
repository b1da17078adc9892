import { monitorEventLoopDelay, performance, PerformanceObserver } from 'node:perf_hooks';

/** How late timers were, in seconds, since the reading before. */
interface LoopLag {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** An entry of the type `gc`; its duration in milliseconds. */
interface Collection {
  readonly duration: number;
  readonly detail?: { readonly kind?: number };
}

interface Collections {
  seconds: number;
  runs: number;
}

/** Readings that follow each other more closely than this are one: several services of a process are scraped one by one. */
const SAME_READING_MS = 10_000;
const RESOLUTION_MS = 10;

/** `performance`'s names for kinds of garbage collection (node:perf_hooks' constants NODE_PERFORMANCE_GC_*). */
const KINDS: Readonly<Record<number, string>> = { 1: 'minor', 4: 'major', 8: 'incremental', 16: 'weakcb' };

/**
 * What is watched of a process from its first scrape on. There is one for all services in it: a monitor each would only
 * multiply its cost.
 */
export class ProcessReadings {
  private static shared: ProcessReadings | undefined;
  /** Garbage collections so far, by kind. */
  readonly collections: ReadonlyMap<string, Collections> = new Map(
    [...Object.values(KINDS), 'other'].map((kind) => [kind, { seconds: 0, runs: 0 }]),
  );
  private readonly delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  private lag: LoopLag = { p50: 0, p99: 0, max: 0 };
  private readAt = -Infinity;

  static ofThisProcess(): ProcessReadings {
    return (ProcessReadings.shared ??= new ProcessReadings());
  }

  private constructor() {
    this.delay.enable();
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) this.countCollection(entry as Collection);
    }).observe({ entryTypes: ['gc'] });
  }

  loopLag(): LoopLag {
    if (performance.now() - this.readAt < SAME_READING_MS || this.delay.count === 0) return this.lag;
    const { delay } = this;
    this.lag = { p50: late(delay.percentile(50)), p99: late(delay.percentile(99)), max: late(delay.max) };
    delay.reset();
    this.readAt = performance.now();
    return this.lag;
  }

  /** Things that keep the process at work, by kind: sockets, servers, timers ... */
  activeResources(): ReadonlyMap<string, number> {
    const counts = new Map<string, number>();
    for (const kind of process.getActiveResourcesInfo()) counts.set(kind, (counts.get(kind) ?? 0) + 1);
    return counts;
  }

  private countCollection({ duration, detail }: Collection): void {
    const kind = KINDS[detail?.kind ?? 0] ?? 'other';
    const known = this.collections.get(kind);
    if (!known) return;
    known.seconds += duration / 1_000;
    known.runs += 1;
  }
}

/** The monitor measures from one tick to the next, in nanoseconds. */
function late(nanoseconds: number): number {
  return Math.max(0, nanoseconds / 1e9 - RESOLUTION_MS / 1_000);
}
