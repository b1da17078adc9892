import type { GraphQLError } from 'graphql';
import { toGraphqlError } from './graphql-errors.js';
import { mapEvents } from './map-events.js';
import type { Caller } from '../auth/caller.js';
import { type Grounds, onEndOfRight } from '../auth/end-of-right.js';

/** The gateway comes first: it closes its clients' websockets, and a stream that fails there before that says less. */
const GRACE_MS = 5_000;

/** The same stream, which fails some seconds after its caller may not go on, with the reason. */
export function whileRightLasts<Answer>(
  stream: AsyncGenerator<Answer, void, undefined>,
  caller: Caller,
  grounds: Grounds,
): AsyncGenerator<Answer, void, undefined> {
  let reason: GraphQLError | null = null;
  let overdue: NodeJS.Timeout | undefined;
  const stopWaiting = onEndOfRight(caller, grounds, (why) => {
    overdue = setTimeout(() => {
      reason = toGraphqlError(why);
      void stream.return();
    }, GRACE_MS);
  });
  const release = () => {
    stopWaiting();
    clearTimeout(overdue);
  };
  const source: AsyncIterator<Answer, void, undefined> = {
    async next() {
      const step = await stream.next().catch((error: unknown) => {
        release();
        throw error;
      });
      if (reason) throw reason;
      if (step.done) release();
      return step;
    },
    return() {
      release();
      return stream.return();
    },
  };
  return mapEvents(source, async (answer) => answer);
}
