import { mailerSchema } from './mailer-schema.js';

/** The mailer subgraph's schema, for composition. Nothing runs behind it. */
export async function schemaText(): Promise<string> {
  return (await mailerSchema({ page: async () => [] })).text;
}
