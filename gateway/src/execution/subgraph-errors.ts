import { errorCodeDef, ERRORS } from '@apollo/federation-internals';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import type { ResponsePath } from '@apollo/query-planner';
import { type Data, isNothing } from './data.js';

/** An error of a subgraph's as one of the whole operation's: with its place in that, and with the name of the subgraph. */
export function errorOfSubgraph(
  error: GraphQLFormattedError,
  serviceName: string,
  path: ResponsePath | undefined,
): GraphQLError {
  const { extensions } = error;
  const message = error.message || `Error while fetching subquery from service "${serviceName}"`;
  // What libraries throw and what they answer look alike to one another here: both have a message, and extensions.
  const originalError = error as unknown as Error;
  const options = { originalError, path, extensions: { ...extensions, serviceName } };
  const known = errorCodeDef(error as unknown as GraphQLError);
  if (!known && extensions?.['code']) return new GraphQLError(message, options);
  return (known ?? ERRORS.DOWNSTREAM_SERVICE_ERROR).err(message, options);
}

/** The places of what a plan's path stands for, in the order in which they are asked for. */
export function placesOf(path: ResponsePath, root: unknown): ResponsePath[] {
  const places: ResponsePath[] = [];
  collect([], 0, root);
  return places;

  function collect(parent: ResponsePath, at: number, data: unknown): void {
    if (isNothing(data)) return;
    const head = path[at];
    if (isNothing(head)) places.push([...parent]);
    else if (head === '@') {
      if (!Array.isArray(data)) throw new Error('expected array when encountering `@`');
      collectItems(parent, at + 1, data);
    } else if (Array.isArray(data)) collectItems(parent, at, data);
    else if (Object.hasOwn(data, head)) collect([...parent, head], at + 1, (data as Data)[head]);
  }

  function collectItems(parent: ResponsePath, at: number, items: readonly unknown[]): void {
    for (const [index, item] of items.entries()) collect([...parent, index], at, item);
  }
}
