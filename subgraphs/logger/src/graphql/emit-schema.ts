import { loggerSchema } from './logger-schema.js';

/** The logger subgraph's schema, for composition: no entry is asked for. */
export async function schemaText(): Promise<string> {
  return (await loggerSchema(undefined as never)).text;
}
