import type { ExecutionResult } from 'graphql';
import { mapEvents } from '@shop/shared/graphql/map-events';
import { errorOf, PublicGraphqlError } from '../public-errors.js';
import { EventQueue } from './event-queue.js';
import type { SharedFeeds } from './shared-feeds.js';
import type { LiveEvent, PlannedSubscription } from './upstream-feed.js';

/** One client's subscription: what has happened and was not read yet, oldest first, at the pace of its reader. */
export class ClientStream {
  readonly answers: AsyncGenerator<ExecutionResult, void, undefined>;
  private readonly events: EventQueue<LiveEvent>;

  /** Throws BAD_USER_INPUT where the operation is too large for its subgraph. */
  constructor(
    feeds: SharedFeeds,
    subscription: PlannedSubscription,
    { onEvent, onClose }: { readonly onEvent: () => void; readonly onClose: () => void },
  ) {
    this.events = new EventQueue<LiveEvent>(
      () => {
        leave();
        onClose();
      },
      () => new PublicGraphqlError(errorOf('RATE_LIMITED', 'this stream is not read fast enough')),
    );
    this.answers = mapEvents(this.events, (event) => {
      onEvent();
      return event();
    });
    const leave = feeds.open(subscription, {
      event: (event) => this.events.push(event),
      failed: (error) => this.events.fail(error),
      ended: () => this.events.end(),
    });
  }

  /** Ends it: what waits is still given, and then this error. */
  fail(error: PublicGraphqlError): void {
    this.events.fail(error);
  }
}
