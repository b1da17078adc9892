import type { Telemetry } from '@shop/shared/telemetry/telemetry';
import type { SubscriptionPlan } from './subscription-plan.js';
import { type FeedListener, type PlannedSubscription, UpstreamFeed } from './upstream-feed.js';
import type { UpstreamPool } from './upstream-pool.js';

/** The feeds of equal subscriptions: the one that is for all, and those that have not come as far, or further. */
interface Equals {
  main: UpstreamFeed | undefined;
  readonly apart: Set<UpstreamFeed>;
  /** Called when there is none of them any more. */
  readonly forget: () => void;
}

/**
 * Has equal subscriptions of one token share a feed: the subgraph is asked once, and the fields of other subgraphs once for
 * each event. Whoever comes begins with a feed of its own, for its own first read or replay, and goes on with the others from
 * the version that both have come to, so that nothing is missed and nothing comes twice. Feeds without versions are never
 * shared.
 */
export class SharedFeeds {
  private readonly byPlan = new WeakMap<SubscriptionPlan, Map<string, Equals>>();
  private readonly feedOf = new Map<FeedListener, UpstreamFeed>();

  constructor(
    private readonly pool: UpstreamPool,
    private readonly telemetry: Pick<Telemetry, 'tracing'>,
  ) {}

  /** Has somebody listen. The returned function has them leave. Throws as `UpstreamFeed` does. */
  open(subscription: PlannedSubscription, listener: FeedListener): () => void {
    const feed: UpstreamFeed = new UpstreamFeed(subscription, this.pool, this.telemetry, () => this.meet(equals, feed));
    const equals = this.equalsOf(subscription);
    equals.apart.add(feed);
    feed.listeners.add(listener);
    this.feedOf.set(listener, feed);
    feed.open();
    return () => this.leave(equals, listener);
  }

  private equalsOf({ plan, context, variables }: PlannedSubscription): Equals {
    const known = this.byPlan.get(plan) ?? new Map<string, Equals>();
    this.byPlan.set(plan, known);
    const key = JSON.stringify([context.authorization, variables]);
    const equals = known.get(key) ?? { main: undefined, apart: new Set(), forget: () => known.delete(key) };
    known.set(key, equals);
    return equals;
  }

  /** A feed has come to a version: those that are there too are one from now on. One that broke is no main. */
  private meet(equals: Equals, feed: UpstreamFeed): void {
    if (feed.version === null) return;
    if (!equals.main || (equals.main !== feed && equals.main.isBroken)) {
      if (equals.main) equals.apart.add(equals.main);
      equals.apart.delete(feed);
      equals.main = feed;
    }
    const { main, apart } = equals;
    for (const other of feed === main ? [...apart] : [feed])
      if (other.version === main.version) {
        for (const listener of other.listeners) this.feedOf.set(listener, main);
        other.moveTo(main);
        apart.delete(other);
      }
  }

  /** A feed to which nobody listens is closed. */
  private leave(equals: Equals, listener: FeedListener): void {
    const feed = this.feedOf.get(listener);
    this.feedOf.delete(listener);
    if (!feed?.listeners.delete(listener) || feed.listeners.size > 0) return;
    feed.close();
    equals.apart.delete(feed);
    if (equals.main === feed) equals.main = undefined;
    if (!equals.main && equals.apart.size === 0) equals.forget();
  }
}
