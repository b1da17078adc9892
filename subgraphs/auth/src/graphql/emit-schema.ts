import { buildAuthSubgraph } from './schema.js';
import type { AccountUseCases } from '../use-cases/account-use-cases.js';

/** The subgraph's schema as text, for composition. Nothing runs behind it. */
export async function schemaText(): Promise<string> {
  return (await buildAuthSubgraph({} as AccountUseCases)).text;
}
