import 'reflect-metadata';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { printSchemaWithDirectives } from '@graphql-tools/utils';
import { type GraphQLSchema, parse } from 'graphql';
import type { IRules } from 'graphql-shield';
import { buildSchema, createResolversMap, type NonEmptyArray, type PubSub } from 'type-graphql';
import type { GraphqlContext } from './context.js';
import { guards } from './guards.js';
import { DateTime, Json, SafeInt } from './scalars.js';
import { allow, applyMiddleware } from './shield.js';

/** Finds what an entity's key names; null when there is no such thing, or the caller may not see it. */
export type ReferenceResolver = (reference: Record<string, unknown>, context: GraphqlContext<never>) => unknown;

interface SubgraphOptions {
  /** Instances of type-graphql resolver classes. */
  readonly resolvers: readonly object[];
  /** Object types that no root field reaches, such as entities this subgraph only extends. */
  readonly entities?: readonly (new () => object)[];
  /** Reference resolvers, by the entity's name. */
  readonly references?: Readonly<Record<string, ReferenceResolver>>;
  /** Shield's rules, on types as well as on root fields. What has no rule is denied. */
  readonly permissions: Readonly<Record<string, IRules>>;
}

/** Every subscription here brings its own stream; type-graphql asks for a PubSub all the same. */
const noPubSub: PubSub = {
  publish: () => undefined,
  subscribe: (topic) => {
    throw new Error(`the subscription to ${topic} brings no stream of its own`);
  },
};

const FEDERATION = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable", "@external", "@requires", "@provides"])`;

/** A subgraph: its schema as text, for composition, and as what executes, with every field behind a rule. */
export async function buildSubgraph(options: SubgraphOptions): Promise<{ text: string; schema: GraphQLSchema }> {
  const { resolvers, entities = [], references = {} } = options;
  const instances = new Map<unknown, object>(resolvers.map((resolver) => [resolver.constructor, resolver]));
  const schema = await buildSchema({
    resolvers: [...instances.keys()] as NonEmptyArray<new () => object>,
    orphanedTypes: [...entities],
    container: { get: (resolverClass) => instances.get(resolverClass) },
    scalarsMap: [{ type: Date, scalar: DateTime }],
    validate: false,
    pubSub: noPubSub,
    // A subgraph may have no query of its own; Federation adds `_entities` and `_service`.
    skipCheck: true,
  });
  const text = `${FEDERATION}\n\n${printSchemaWithDirectives(schema)}\n`;
  const resolversMap: Record<string, object> = { ...createResolversMap(schema), DateTime, SafeInt, JSON: Json };
  for (const [name, resolveReference] of Object.entries(references)) {
    resolversMap[name] = { ...resolversMap[name], __resolveReference: resolveReference };
  }
  const executable = buildSubgraphSchema({ typeDefs: parse(text), resolvers: resolversMap as never });
  return { text, schema: applyMiddleware(executable, guards(rulesOf(options.permissions, executable), executable)) };
}

/** Shield refuses rules for types that the schema does not have, and not every subgraph has lists. */
function rulesOf(rules: Readonly<Record<string, IRules>>, schema: GraphQLSchema): Readonly<Record<string, IRules>> {
  const federation = { _service: allow, _entities: allow };
  return {
    _Service: allow,
    ...(schema.getType('PageInfo') && { PageInfo: allow }),
    ...rules,
    Query: { ...federation, ...(rules['Query'] as object | undefined) },
  };
}
