import { type ServiceName, serviceNames } from '@shop/shared/backing/roster';
import type { Graph, ObjectType } from './graph.js';
import { argumentsOf, keyOf } from './named-things.js';
import { type Place, selectionOf } from './selection.js';
import type { Things } from '../stage.js';

/**
 * The doors of the graph, at the gateway and at each subgraph. A stream has two at the gateway: Server-Sent Events, and a
 * websocket, at which it is the connection whose token is looked at.
 */
export type GraphDoor = 'query' | 'mutation' | 'subscription' | 'subscription by websocket' | '_entities';

export const isStream = (door: GraphDoor): boolean => door.startsWith('subscription');

/** One operation that asks for all that one root leads to, at one door. */
export interface Way {
  readonly door: GraphDoor;
  /** The subgraph that is asked itself; null: all of them, by the gateway. */
  readonly owner: ServiceName | null;
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly places: readonly Place[];
}

/** Every way to read something: each root field, and each key of each entity, wherever there is one. */
export function waysToRead(graph: Graph, things: Things): Way[] {
  return [null, ...serviceNames].flatMap((owner) => [
    ...waysByRoot(graph, things, owner, 'query'),
    ...waysByRoot(graph, things, owner, 'subscription'),
    ...(owner ? [] : waysByRoot(graph, things, owner, 'subscription by websocket')),
    ...(owner ? graph.all.flatMap((type) => waysByKey(graph, things, owner, type)) : []),
  ]);
}

function waysByRoot(
  graph: Graph,
  things: Things,
  owner: ServiceName | null,
  door: Exclude<GraphDoor, 'mutation' | '_entities'>,
): Way[] {
  const [root, kind] = isStream(door) ? ['Subscription', 'subscription'] : ['Query', 'query'];
  return graph.fieldsOf(root, owner).flatMap((field) =>
    argumentsOf(`${root}.${field.name}`, things).map((given) => {
      const from = { path: [field.name], steps: [`${root}.${field.name}`] };
      const { text, places } = selectionOf(graph, field.type, { owner, from });
      const query = `${kind} { ${field.name}${given} ${text} }`;
      return { door, owner, query, places: [from, ...places] };
    }),
  );
}

/** The owner's thing, by each of its keys at one subgraph. */
function waysByKey(graph: Graph, things: Things, owner: ServiceName, type: ObjectType): Way[] {
  return (type.keys.get(owner) ?? []).map((key) => {
    const { text, places } = selectionOf(graph, type.name, { owner, from: { path: ['_entities'], steps: [] } });
    const query = `query ($keys: [_Any!]!) { _entities(representations: $keys) { ... on ${type.name} ${text} } }`;
    const variables = { keys: [{ __typename: type.name, [key]: keyOf(type.name, key, things) }] };
    return { door: '_entities', owner, query, variables, places };
  });
}
