import { type ClassType, Directive, Field, ObjectType } from 'type-graphql';
import { badInput } from '../errors/app-error.js';

/** Relay's page information (GraphQL Cursor Connections Specification, section 5). */
@ObjectType()
@Directive('@shareable')
export class PageInfo {
  @Field(() => Boolean)
  hasNextPage!: boolean;

  @Field(() => Boolean)
  hasPreviousPage!: boolean;

  @Field(() => String, { nullable: true })
  startCursor!: string | null;

  @Field(() => String, { nullable: true })
  endCursor!: string | null;
}

export interface Edge<Node> {
  cursor: string;
  node: Node;
}

export interface Connection<Node> {
  edges: Edge<Node>[];
  pageInfo: PageInfo;
}

/** The connection type of a node type: `OrderConnection` with its `OrderEdge`. */
export function connectionType<Node extends object>(
  NodeType: ClassType<Node>,
  name: string,
): ClassType<Connection<Node>> {
  @ObjectType(`${name}Edge`)
  class EdgeType implements Edge<Node> {
    @Field(() => String)
    cursor!: string;

    @Field(() => NodeType)
    node!: Node;
  }

  @ObjectType(`${name}Connection`)
  class ConnectionType implements Connection<Node> {
    @Field(() => [EdgeType])
    edges!: EdgeType[];

    @Field(() => PageInfo)
    pageInfo!: PageInfo;
  }
  return ConnectionType;
}

/** The page that a caller asks for. */
export interface PageRequest<Position> {
  readonly first: number;
  /** Where the page begins, exclusive; null at the beginning. */
  readonly after: Position | null;
}

/** How long a page is unless told. */
export const DEFAULT_FIRST = 20;

/**
 * Checks `first` and `after`; null is the same as neither. A cursor is a JSON value in base64url, opaque to clients; `isPosition` says whether what
 * came back is one of ours. Throws BAD_USER_INPUT with the field.
 */
export function pageRequest<Position>(
  wanted: number | null | undefined,
  after: string | null | undefined,
  isPosition: (value: unknown) => value is Position,
): PageRequest<Position> {
  const first = wanted ?? DEFAULT_FIRST;
  if (!Number.isInteger(first) || first < 1 || first > 100) throw badInput('first must be from 1 to 100', 'first');
  if (after === null || after === undefined) return { first, after: null };
  const position = decodeCursor(after);
  if (!isPosition(position)) throw badInput('after is not a cursor of this list', 'after');
  return { first, after: position };
}

/**
 * One page of a list. `rows` holds one row more than the page when there is a next page, so that no count is needed.
 */
export function connection<Row, Node>(
  rows: readonly Row[],
  request: PageRequest<unknown>,
  toNode: (row: Row) => Node,
  position: (row: Row) => unknown,
): Connection<Node> {
  const edges = rows.slice(0, request.first).map((row) => ({ cursor: encodeCursor(position(row)), node: toNode(row) }));
  return {
    edges,
    pageInfo: {
      hasNextPage: rows.length > request.first,
      hasPreviousPage: request.after !== null,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
}

function encodeCursor(position: unknown): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url');
}

function decodeCursor(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}
