import { context as activeContext, SpanKind } from '@opentelemetry/api';
import type { ExecutionResult, GraphQLFormattedError } from 'graphql';
import type { SubscribePayload } from 'graphql-ws';
import type { AppError } from '@shop/shared/errors/app-error';
import { LARGEST_MESSAGE } from '@shop/shared/graphql/largest-message';
import type { Telemetry } from '@shop/shared/telemetry/telemetry';
import { contextFrom, traceHeaders } from '@shop/shared/telemetry/trace-context';
import type { GatewayContext } from '../context.js';
import { pathOfFailedFetch } from '../failed-fetch.js';
import { errorOf, PART_AWAY, publicError, PublicGraphqlError, toPublicError } from '../public-errors.js';
import { tooMuch } from '../too-much.js';
import { type Resumption, resumptionOf } from './resumption.js';
import type { SubscriptionPlan, Variables } from './subscription-plan.js';
import type { UpstreamPool } from './upstream-pool.js';
import { bytesOf } from './upstream-socket.js';

/** A feed that can be resumed is tried again so long after a break, at growing intervals. */
const RESUME_FOR_MS = 60_000;
const FIRST_WAIT_MS = 50;
const LONGEST_WAIT_MS = 2_000;
/** What a message may have: the rest is for its frame, and for the version to go on after. */
const MOST_BYTES = LARGEST_MESSAGE - 1_024;
/** A connection that held so long was whole again, and its break is a new one. */
const WHOLE_AFTER_MS = 5_000;

/** One operation of one identity, with its variables. */
export interface PlannedSubscription {
  readonly plan: SubscriptionPlan;
  readonly context: GatewayContext;
  readonly variables: Variables;
}

/** One event, as its client asked for it with the fields of other subgraphs: these are asked for once, however many listen. */
export type LiveEvent = () => Promise<ExecutionResult>;

/** Who listens to a feed. After `failed` or `ended` it hears nothing more. */
export interface FeedListener {
  event(event: LiveEvent): void;
  failed(error: PublicGraphqlError): void;
  ended(): void;
}

/**
 * The events of one subscription at its subgraph, for all who listen. After a break it goes on after the last version that
 * it gave, so that none is missed and none comes twice; a feed without such a place ends with SUBGRAPH_UNAVAILABLE.
 */
export class UpstreamFeed {
  readonly listeners = new Set<FeedListener>();
  private readonly resumption: Resumption | null;
  private readonly primaryVariables: Variables;
  /** The operation's own trace: events belong to those in which they happened. */
  private readonly origin = activeContext.active();
  private lastVersion: number | null = null;
  /** What came last had no version, as it had no data: where in the row that was nobody knows. */
  private isLost = false;
  private openedAt = 0;
  private brokenSince: number | null = null;
  private wait = FIRST_WAIT_MS;
  private retry: NodeJS.Timeout | undefined;
  private unsubscribe: () => void = () => undefined;
  private closed = false;

  /** Throws BAD_USER_INPUT where the subgraph would close the socket, which is everybody's, for what it is asked. */
  constructor(
    private readonly subscription: PlannedSubscription,
    private readonly pool: UpstreamPool,
    private readonly telemetry: Pick<Telemetry, 'tracing'>,
    /** Called when all have heard of an event. */
    private readonly onProgress: () => void,
  ) {
    const { plan, variables } = subscription;
    this.primaryVariables = plan.primaryVariables(variables);
    this.resumption = resumptionOf(plan.primary.operation, this.primaryVariables);
    if (bytesOf(this.payload()) > MOST_BYTES) throw tooLong();
  }

  /** The version that it has come to; null before the first, and after an event that told none. */
  get version(): number | null {
    return this.isLost ? null : this.lastVersion;
  }

  /** Whether it broke, and has given nothing since. */
  get isBroken(): boolean {
    return this.brokenSince !== null;
  }

  /** Closes it, and has all who listen listen to another, which has come to the same version. */
  moveTo(other: UpstreamFeed): void {
    for (const listener of this.listeners) other.listeners.add(listener);
    this.listeners.clear();
    this.close();
  }

  /** Ends it without a word. */
  close(): void {
    this.closed = true;
    clearTimeout(this.retry);
    this.unsubscribe();
  }

  /** Subscribes at the subgraph; after a break, once more. */
  open(): void {
    this.openedAt = Date.now();
    const { plan, context } = this.subscription;
    const socket = this.pool.socketTo(plan.primary.serviceName, plan.url, context.authorization);
    this.unsubscribe = socket.subscribe(this.payload(), {
      next: (event) => this.next(event),
      refused: (errors) => this.refused(fromSubgraph(errors[0])),
      broken: (established) => this.broken(established),
      tooLarge: () => this.fail(toPublicError(tooLong())),
      complete: () => this.end((listener) => listener.ended()),
    });
  }

  private payload(): SubscribePayload {
    const { plan, context } = this.subscription;
    const { authorization, requestId } = context;
    const { operationName } = plan.primary;
    return {
      query: this.operation(),
      variables: this.primaryVariables,
      ...(operationName !== undefined && { operationName }),
      extensions: { ...(authorization !== null && { authorization }), requestId, ...traceHeaders(this.origin) },
    };
  }

  private operation(): string {
    if (!this.resumption) return this.subscription.plan.primary.operation;
    return this.lastVersion === null ? this.resumption.operation : this.resumption.after(this.lastVersion);
  }

  private next(event: ExecutionResult): void {
    this.brokenSince = null;
    this.wait = FIRST_WAIT_MS;
    const version = this.resumption?.versionOf(event.data) ?? null;
    if (version !== null) {
      if (this.lastVersion !== null && version <= this.lastVersion) return;
      this.lastVersion = version;
    }
    this.isLost = version === null;
    const live = this.liveEvent(event);
    for (const listener of [...this.listeners]) listener.event(live);
    // The last to listen may have left meanwhile, as it could take no more.
    if (!this.closed) this.onProgress();
  }

  private liveEvent(event: ExecutionResult): LiveEvent {
    const { plan, variables, context } = this.subscription;
    const name = `event ${pathOfFailedFetch(plan.primary.operation)?.[0] ?? ''}`;
    let answer: Promise<ExecutionResult> | undefined;
    return () => {
      const parent = contextFrom(event.extensions ?? {}, this.origin);
      return (answer ??= this.telemetry.tracing.inSpan(name, { kind: SpanKind.CONSUMER, parent }, () =>
        plan.answer(event, variables, context),
      ));
    };
  }

  /** A subgraph that is about to stop may say so instead of closing: that is a break too. */
  private refused(error: GraphQLFormattedError): void {
    if (error.extensions?.['code'] === 'SUBGRAPH_UNAVAILABLE') this.broken(true);
    else this.fail(error);
  }

  /** A subgraph that can't be reached in the first place is away: a feed is only resumed once it was there. */
  private broken(established: boolean): void {
    const now = Date.now();
    if (established && (this.brokenSince === null || now - this.openedAt > WHOLE_AFTER_MS)) this.brokenSince = now;
    if (!this.resumption || this.brokenSince === null || now - this.brokenSince > RESUME_FOR_MS)
      return this.fail(errorOf('SUBGRAPH_UNAVAILABLE', PART_AWAY));
    this.retry = setTimeout(() => this.open(), this.wait);
    this.wait = Math.min(this.wait * 2, LONGEST_WAIT_MS);
  }

  private fail(error: GraphQLFormattedError): void {
    this.end((listener) => listener.failed(new PublicGraphqlError(error)));
  }

  private end(tell: (listener: FeedListener) => void): void {
    this.close();
    for (const listener of [...this.listeners]) tell(listener);
  }
}

function tooLong(): AppError {
  return tooMuch('with its fragments put in place it is too long for a subscription');
}

/** Marked as a subgraph's, so that only what its code allows reaches the client. */
function fromSubgraph(error: GraphQLFormattedError | undefined): GraphQLFormattedError {
  const { message = '', extensions } = error ?? {};
  return publicError({ message, extensions: { ...extensions, serviceName: 'subgraph' } }, null);
}
