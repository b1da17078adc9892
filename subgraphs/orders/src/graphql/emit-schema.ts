import { ordersSubgraph, type SubgraphParts } from './subgraph.js';

/** The subgraph's schema, as composition reads it. Needs no database: nothing is called. */
export async function schemaText(): Promise<string> {
  return (await ordersSubgraph({} as SubgraphParts)).text;
}
