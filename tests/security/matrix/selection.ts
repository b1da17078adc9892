import type { ServiceName } from '@shop/shared/backing/roster';
import type { Field, Graph } from './graph.js';

/** A field on one way to it. */
export interface Place {
  /** Where it stands in an answer. Lists have no step of their own: what is in one is all at the same place. */
  readonly path: readonly string[];
  /** The fields that lead to it, itself the last: `Query.order`, `Order.total`. */
  readonly steps: readonly string[];
}

/** What is asked of something: the text between the braces, with them, and all that it asks for. */
export interface Selection {
  readonly text: string;
  readonly places: readonly Place[];
}

interface Wanted {
  /** The subgraph that is asked; null: all of them, through the gateway. */
  readonly owner: ServiceName | null;
  readonly from: Place;
  /** Which fields; all unless told. */
  readonly keep?: (field: Field) => boolean;
}

interface Node {
  readonly type: string;
  readonly place: Place;
  readonly fields: { readonly field: Field; readonly within: Node | null }[];
}

/** Every field of a type, and of each type that is reached from it, the latter by its shortest way. */
export function selectionOf(graph: Graph, type: string, { owner, from, keep = () => true }: Wanted): Selection {
  const reached = new Set([type]);
  const root: Node = { type, place: from, fields: [] };
  const places: Place[] = [];
  const waiting = [root];
  for (const node of waiting) {
    for (const field of graph.fieldsOf(node.type, owner).filter(keep)) {
      const place = stepTo(node, field);
      places.push(place);
      const isNew = graph.type(field.type) !== undefined && !reached.has(field.type);
      const within: Node | null = isNew ? { type: field.type, place, fields: [] } : null;
      node.fields.push({ field, within });
      if (!within) continue;
      reached.add(field.type);
      waiting.push(within);
    }
  }
  return { text: textOf(graph, root), places };
}

function stepTo({ type, place }: Node, { name }: Field): Place {
  return { path: [...place.path, name], steps: [...place.steps, `${type}.${name}`] };
}

function textOf(graph: Graph, { fields }: Node): string {
  const texts = fields.map(({ field, within }) => {
    const page = field.type.endsWith('Connection') ? '(first: 2)' : '';
    if (within) return `${field.name}${page} ${textOf(graph, within)}`;
    return `${field.name}${page}${graph.type(field.type) ? ' { __typename }' : ''}`;
  });
  return texts.length === 0 ? '{ __typename }' : `{ ${texts.join(' ')} }`;
}
