import { type ServiceName, serviceNames } from '@shop/shared/backing/roster';
import { cellsOf } from './ask-graph.js';
import type { Cell } from './cell.js';
import type { Headers } from '../credentials.js';
import { askByHttp } from '../doors.js';
import type { Field, Graph } from './graph.js';
import { marksIn } from '../marks.js';
import { type Call, callsOf } from './mutation-calls.js';
import type { Caller } from './rules.js';
import type { Scene } from './scene.js';
import type { Setting } from '../setting.js';
import { selectionOf } from './selection.js';
import type { Way } from './ways.js';

interface Asking {
  readonly graph: Graph;
  readonly scene: Scene;
  readonly setting: Setting;
}

/** Sends every mutation for one caller, one after the other, through the gateway and to its subgraph. */
export async function askMutations(caller: Caller, asking: Asking): Promise<Cell[]> {
  const cells: Cell[] = [];
  const scene = asking.scene.for(caller);
  for (const owner of [null, ...serviceNames])
    for (const field of asking.graph.fieldsOf('Mutation', owner))
      for (const call of callsOf(`Mutation.${field.name}`))
        cells.push(...(await askOne(caller, owner, field, call, { ...asking, scene })));
  return cells;
}

async function askOne(
  caller: Caller,
  owner: ServiceName | null,
  field: Field,
  call: Call,
  { graph, scene, setting }: Asking,
): Promise<Cell[]> {
  const from = { path: [field.name], steps: [`Mutation.${field.name}`] };
  // What has just been made may lack what comes to it later.
  const keep = ({ isNullable, isList }: Field) => !isNullable && !isList;
  const { text, places } = selectionOf(graph, field.type, { owner, from, keep });
  const query = `mutation { ${await call.text(scene)} ${places.length === 0 ? '' : text} }`;
  const way: Way = { door: 'mutation', owner, query, places: [from, ...places] };
  const headers = {
    ...setting.graphqlHeaders(caller, owner ?? 'gateway'),
    ...(call.endsSession && bearer(await scene.passingToken())),
  };
  const answer = await askByHttp(`${setting.originOf(owner ?? 'gateway')}/graphql`, headers, { query });
  return cellsOf(way, caller, answer, marksIn(answer.text, way, scene.things), call.granted);
}

const bearer = (token: string | null): Headers => (token === null ? {} : { authorization: `Bearer ${token}` });
