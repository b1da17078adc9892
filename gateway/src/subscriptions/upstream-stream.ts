import { context as activeContext, SpanKind } from '@opentelemetry/api';
import type { ExecutionResult, GraphQLFormattedError } from 'graphql';
import type { SubscribePayload } from 'graphql-ws';
import type { AppError } from '@shop/shared/errors/app-error';
import { LARGEST_MESSAGE } from '@shop/shared/graphql/largest-message';
import { mapEvents } from '@shop/shared/graphql/map-events';
import type { Telemetry } from '@shop/shared/telemetry/telemetry';
import { contextFrom, traceHeaders } from '@shop/shared/telemetry/trace-context';
import type { GatewayContext } from '../context.js';
import { pathOfFailedFetch } from '../failed-fetch.js';
import { errorOf, PART_AWAY, publicError, PublicGraphqlError, toPublicError } from '../public-errors.js';
import { tooMuch } from '../too-much.js';
import { EventQueue } from './event-queue.js';
import { type Resumption, resumptionOf } from './resumption.js';
import type { SubscriptionPlan, Variables } from './subscription-plan.js';
import type { UpstreamPool } from './upstream-pool.js';
import { bytesOf } from './upstream-socket.js';

/** A stream that can be resumed is tried again so long after a break, at growing intervals. */
const RESUME_FOR_MS = 60_000;
const FIRST_WAIT_MS = 50;
const LONGEST_WAIT_MS = 2_000;
/** What a message may have: the rest is for its frame, and for the version to go on after. */
const MOST_BYTES = LARGEST_MESSAGE - 1_024;
/** A connection that held so long was whole again, and its break is a new one. */
const WHOLE_AFTER_MS = 5_000;

/**
 * The events of one subscription at its subgraph. After a break it goes on after the last version that it gave, so that
 * none is missed and none comes twice; a stream without such a place ends with SUBGRAPH_UNAVAILABLE.
 */
export class UpstreamStream {
  /** What came from the subgraph, oldest first. */
  readonly events: EventQueue<ExecutionResult>;
  /** The same as the client asked for it, with the fields of other subgraphs. */
  readonly answers: AsyncGenerator<ExecutionResult, void, undefined>;
  private readonly resumption: Resumption | null;
  private readonly variables: Variables;
  /** The operation's own trace: events belong to those in which they happened. */
  private readonly origin = activeContext.active();
  private lastVersion: number | null = null;
  private attemptedAt = 0;
  private brokenSince: number | null = null;
  private wait = FIRST_WAIT_MS;
  private retry: NodeJS.Timeout | undefined;
  private unsubscribe: () => void = () => undefined;

  /** Throws BAD_USER_INPUT where the subgraph would close the socket, which is everybody's, for what it is asked. */
  constructor(
    private readonly pool: UpstreamPool,
    private readonly plan: SubscriptionPlan,
    private readonly context: GatewayContext,
    variables: Variables,
    { tracing }: Pick<Telemetry, 'tracing'>,
    { onEvent, onClose }: { readonly onEvent: () => void; readonly onClose: () => void },
  ) {
    this.variables = plan.primaryVariables(variables);
    this.resumption = resumptionOf(plan.primary.operation, this.variables);
    if (bytesOf(this.payload()) > MOST_BYTES) throw tooLong();
    this.events = new EventQueue<ExecutionResult>(
      () => {
        clearTimeout(this.retry);
        this.unsubscribe();
        onClose();
      },
      () => failure(errorOf('RATE_LIMITED', 'this stream is not read fast enough')),
    );
    const name = `event ${pathOfFailedFetch(plan.primary.operation)?.[0] ?? ''}`;
    this.answers = mapEvents(this.events, (event) => {
      onEvent();
      const parent = contextFrom(event.extensions ?? {}, this.origin);
      return tracing.inSpan(name, { kind: SpanKind.CONSUMER, parent }, () => plan.answer(event, variables, context));
    });
    this.attempt();
  }

  private attempt(): void {
    this.attemptedAt = Date.now();
    const { serviceName } = this.plan.primary;
    const socket = this.pool.socketTo(serviceName, this.plan.url, this.context.authorization);
    this.unsubscribe = socket.subscribe(this.payload(), {
      next: (event) => this.next(event),
      refused: (errors) => this.refused(fromSubgraph(errors[0])),
      broken: (established) => this.broken(established),
      tooLarge: () => this.events.fail(failure(toPublicError(tooLong()))),
      complete: () => this.events.end(),
    });
  }

  private payload(): SubscribePayload {
    const { authorization, requestId } = this.context;
    const { operationName } = this.plan.primary;
    return {
      query: this.operation(),
      variables: this.variables,
      ...(operationName !== undefined && { operationName }),
      extensions: { ...(authorization !== null && { authorization }), requestId, ...traceHeaders(this.origin) },
    };
  }

  private operation(): string {
    if (!this.resumption) return this.plan.primary.operation;
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
    this.events.push(event);
  }

  /** A subgraph that is about to stop may say so instead of closing: that is a break too. */
  private refused(error: GraphQLFormattedError): void {
    if (error.extensions?.['code'] === 'SUBGRAPH_UNAVAILABLE') this.broken(true);
    else this.events.fail(failure(error));
  }

  /** A subgraph that can't be reached in the first place is away: a stream is only resumed once it was there. */
  private broken(established: boolean): void {
    const now = Date.now();
    if (established && (this.brokenSince === null || now - this.attemptedAt > WHOLE_AFTER_MS)) this.brokenSince = now;
    if (!this.resumption || this.brokenSince === null || now - this.brokenSince > RESUME_FOR_MS) {
      this.events.fail(failure(errorOf('SUBGRAPH_UNAVAILABLE', PART_AWAY)));
      return;
    }
    this.retry = setTimeout(() => this.attempt(), this.wait);
    this.wait = Math.min(this.wait * 2, LONGEST_WAIT_MS);
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

function failure(error: GraphQLFormattedError): PublicGraphqlError {
  return new PublicGraphqlError(error);
}
