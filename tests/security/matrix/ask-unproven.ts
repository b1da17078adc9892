import { serviceNames } from '@shop/shared/backing/roster';
import { askByHttp, askToUpgrade } from '../doors.js';
import { inBounds } from '../in-bounds.js';
import { marksIn } from '../marks.js';
import type { Setting } from '../setting.js';
import { AT_ONCE, cellsOf, type Elsewhere } from './ask-graph.js';
import type { Cell } from './cell.js';
import type { Graph } from './graph.js';
import { callers } from './rules.js';
import { isStream, type Way } from './ways.js';

/** Everybody but whoever has the gateway's proof. */
const unproven = callers.filter((caller) => caller !== 'gateway');

/** Asks the subgraphs for all of it past the gateway: they answer nobody, whatever token is shown. */
export async function askUnproven(
  graph: Graph,
  waysToRead: readonly Way[],
  setting: Setting,
  elsewhere: Elsewhere = {},
): Promise<Cell[]> {
  const questions = [...waysToRead, ...waysToChange(graph)].flatMap((way) => {
    const { owner } = way;
    return owner === null ? [] : unproven.map((caller) => ({ way, owner, caller }));
  });
  const cells = await inBounds(questions, AT_ONCE, async ({ way, owner, caller }) => {
    const url = `${elsewhere[owner] ?? setting.originOf(owner)}/graphql`;
    const headers = setting.credentials.headersOf(caller, owner);
    const { query, variables } = way;
    const answer = isStream(way.door)
      ? await askToUpgrade(url, headers)
      : await askByHttp(url, headers, { query, variables });
    return cellsOf(way, caller, answer, marksIn(answer.text, way, setting.stage.things)).map((cell) => ({
      ...cell,
      at: `${cell.at} without the gateway's proof`,
      always: '403',
      outcome: String(answer.status),
    }));
  });
  return cells.flat();
}

/** Every mutation of every subgraph; what it would need to be carried out is not looked at. */
function waysToChange(graph: Graph): Way[] {
  return serviceNames.flatMap((owner) =>
    graph.fieldsOf('Mutation', owner).map(({ name }) => ({
      ...{ door: 'mutation' as const, owner, query: `mutation { ${name} }` },
      places: [{ path: [name], steps: [`Mutation.${name}`] }],
    })),
  );
}
