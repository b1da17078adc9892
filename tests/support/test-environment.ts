/** A variable that names a real server, or a program. `npm test` sets them all. */
export function required(
  name: 'DATABASE_URL' | 'RABBITMQ_URL' | 'RABBITMQ_MANAGEMENT_URL' | 'REDIS_URL' | 'PROMETHEUS_PATH',
): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: run the tests by npm test, which provides the servers`);
  return value;
}

/** What every service under test is told: it says nothing, and its /graphql answers the test itself. */
export const testSettings = { LOG_LEVEL: 'silent', SUBGRAPH_ACCESS: 'open' } as const;
