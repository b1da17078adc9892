import { buildProductsSubgraph } from './schema.js';
import type { Catalogue } from '../use-cases/catalogue.js';

/** The subgraph's schema as text, for composition. Nothing runs behind it. */
export async function schemaText(): Promise<string> {
  return (await buildProductsSubgraph({} as Catalogue, 'VND')).text;
}
