import { type ServiceName, serviceNames } from '@shop/shared/backing/roster';
import type { Graph, ObjectType } from './graph.js';
import { argumentsOf, keyOf } from './named-things.js';
import { type Place, selectionOf } from './selection.js';
import type { Things } from '../stage.js';

/** The doors of the graph, at the gateway and at each subgraph. */
export type GraphDoor = 'query' | 'mutation' | 'subscription' | '_entities';

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
    ...waysByRoot(graph, things, owner, 'Query'),
    ...waysByRoot(graph, things, owner, 'Subscription'),
    ...(owner ? graph.all.flatMap((type) => waysByKey(graph, things, owner, type)) : []),
  ]);
}

function waysByRoot(graph: Graph, things: Things, owner: ServiceName | null, root: 'Query' | 'Subscription'): Way[] {
  const door = root === 'Query' ? 'query' : 'subscription';
  return graph.fieldsOf(root, owner).flatMap((field) =>
    argumentsOf(`${root}.${field.name}`, things).map((given) => {
      const from = { path: [field.name], steps: [`${root}.${field.name}`] };
      const { text, places } = selectionOf(graph, field.type, { owner, from });
      const query = `${door} { ${field.name}${given} ${text} }`;
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
