import type { ServiceName } from '@shop/shared/backing/roster';
import { type Answer, NOTHING, outcomeAt, SEEN } from '../answer.js';
import type { Cell } from './cell.js';
import type { Headers } from '../credentials.js';
import { askByHttp, askByStream, askByWebsocket } from '../doors.js';
import { inBounds } from '../in-bounds.js';
import { marksIn } from '../marks.js';
import { fields } from './permissions.js';
import { type Caller, callers, hasBadToken } from './rules.js';
import type { Place } from './selection.js';
import type { Setting } from '../setting.js';
import { isStream, type Way } from './ways.js';

/** So many operations are under way at a time. */
export const AT_ONCE = 8;

/** The code with which the gateway closes a websocket whose token is none. */
const NO_CONNECTION = '4403';

/** Where a subgraph is, if it is not the shop's own. */
export type Elsewhere = Readonly<Partial<Record<ServiceName, string>>>;

/** Sends every way's operation for every caller; a cell for each field in it. */
export async function askGraph(ways: readonly Way[], setting: Setting, elsewhere: Elsewhere = {}): Promise<Cell[]> {
  const questions = ways.flatMap((way) => callers.map((caller) => ({ way, caller })));
  const cells = await inBounds(questions, AT_ONCE, async ({ way, caller }) => {
    const origin = (way.owner && elsewhere[way.owner]) ?? setting.originOf(way.owner ?? 'gateway');
    const answer = await ask(way, origin, setting.graphqlHeaders(caller, way.owner ?? 'gateway'));
    return cellsOf(way, caller, answer, marksIn(answer.text, way, setting.stage.things));
  });
  return cells.flat();
}

/** Streams are asked for at the gateway by SSE and by websocket, and at a subgraph as the gateway does, by websocket. */
function ask({ door, owner, query, variables }: Way, origin: string, headers: Headers): Promise<Answer> {
  const operation = { query, variables };
  if (!isStream(door)) return askByHttp(`${origin}/graphql`, headers, operation);
  if (owner === null && door === 'subscription') return askByStream(`${origin}/graphql/stream`, headers, operation);
  return askByWebsocket(`${origin}/graphql`, headers, operation);
}

/** What each verdict looks like at a door of the graph. Where several things are asked for by key, one is just not there. */
function answersAt(door: Way['door'], granted: string): Cell['answers'] {
  const orNothing = door === '_entities' ? [NOTHING] : [];
  return {
    granted: [granted],
    hidden: [isStream(door) || door === 'mutation' ? 'NOT_FOUND' : NOTHING],
    refused: ['UNAUTHENTICATED', ...orNothing],
    forbidden: ['FORBIDDEN', ...orNothing],
  };
}

/** The cells of one answer. `granted`: what is answered where all is right, unless that is the thing itself. */
export function cellsOf(way: Way, caller: Caller, answer: Answer, leaked: string | null, granted = SEEN): Cell[] {
  const { door, owner, query, places } = way;
  const at = `${door} at ${owner ?? 'gateway'}`;
  const by = query.replace(/ \{.*\} *\}$/, '').slice(0, 100);
  return places.map((place) => ({
    ...{ caller, at, by, leaked },
    entries: entriesOf(place, owner),
    answers: answersAt(door, granted),
    ...(hasBadToken(caller) && { always: door === 'subscription by websocket' ? NO_CONNECTION : 'UNAUTHENTICATED' }),
    outcome: outcomeAt(answer, place.path),
  }));
}

/** A field that is another thing at this subgraph has an entry of its own. */
function entriesOf({ steps }: Place, owner: ServiceName | null): string[] {
  return steps.map((step) => (Object.hasOwn(fields, `${step} at ${owner}`) ? `${step} at ${owner}` : step));
}
