import { readFileSync } from 'node:fs';
import { Supergraph } from '@apollo/federation-internals';
import { type GraphQLSchema, isScalarType } from 'graphql';
import { DateTime, SafeInt } from '@shop/shared/graphql/scalars';

/** The schema of the committed supergraph as clients see it, with scalars that read and write as the shop's do. */
export function apiSchema(): GraphQLSchema {
  const sdl = readFileSync('gateway/supergraph.graphql', 'utf8');
  const schema = Supergraph.build(sdl).apiSchema().toGraphQLJSSchema();
  for (const { name, serialize, parseValue, parseLiteral } of [SafeInt, DateTime]) {
    const type = schema.getType(name);
    if (!isScalarType(type)) throw new Error(`the supergraph has no scalar ${name}`);
    Object.assign(type, { serialize, parseValue, parseLiteral });
  }
  return schema;
}
