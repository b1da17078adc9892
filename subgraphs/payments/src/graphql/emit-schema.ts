import { paymentsSchema } from './payments-schema.js';

/** The payments subgraph's schema, for composition. */
export async function schemaText(): Promise<string> {
  return (await paymentsSchema()).text;
}
