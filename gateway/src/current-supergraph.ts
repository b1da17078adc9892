import type { Schema } from '@apollo/federation-internals';
import type { ApolloGateway } from '@apollo/gateway';
import type { QueryPlanner } from '@apollo/query-planner';
import { type GraphQLSchema, isScalarType } from 'graphql';
import { orderingServices } from '@shop/shared/backing/roster';
import { DateTime, SafeInt } from '@shop/shared/graphql/scalars';
import type { SubgraphAddress } from './subgraphs.js';

/** A supergraph in the forms that planning and execution want it in. */
export interface LoadedSupergraph {
  readonly planner: QueryPlanner;
  readonly apiSchema: Schema;
  /** As clients see it. */
  readonly schema: GraphQLSchema;
  readonly supergraphSchema: GraphQLSchema;
  readonly addresses: ReadonlyMap<string, SubgraphAddress>;
}

/** The supergraph that is served now. */
export class CurrentSupergraph {
  private current: LoadedSupergraph | null = null;

  constructor(gateway: ApolloGateway) {
    gateway.onSchemaLoadOrUpdate(({ apiSchema: schema }) => {
      // Made by the library for a use of its own that is never made here; another one would take as long, and as much memory.
      const { queryPlanner: planner } = gateway.__testing();
      if (!planner) throw new Error('the gateway has loaded a supergraph without a planner');
      const { supergraph } = planner;
      this.current = {
        planner,
        apiSchema: supergraph.apiSchema(),
        schema,
        supergraphSchema: supergraph.schema.toGraphQLJSSchema(),
        addresses: new Map(supergraph.subgraphsMetadata().map(({ name, url }) => [name, { name, url }])),
      };
      if (this.isShop) readScalarsOf(schema);
    });
  }

  /** Throws before the first one was loaded. */
  get loaded(): LoadedSupergraph {
    if (!this.current) throw new Error('no supergraph is loaded yet');
    return this.current;
  }

  /** Whether it is the shop's: one in which all services that an order needs are, and orders can be placed. */
  get isShop(): boolean {
    const { schema, addresses } = this.loaded;
    const placesOrders = schema.getMutationType()?.getFields()['placeOrder'] !== undefined;
    return placesOrders && orderingServices.every((name) => addresses.has(name));
  }
}

/**
 * A schema made from text takes anything for a scalar of its own, and leaves it to a subgraph to refuse. The shop's are
 * known here: a mistake in one is found before anything is asked, with its place.
 */
function readScalarsOf(schema: GraphQLSchema): void {
  for (const { name, parseValue, parseLiteral } of [SafeInt, DateTime]) {
    const type = schema.getType(name);
    if (isScalarType(type)) Object.assign(type, { parseValue, parseLiteral });
  }
}
