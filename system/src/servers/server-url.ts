/**
 * The URL of a server, out of the variable `name`.
 * @throws one sentence that names the variable, and never the value: there may be a password in it
 */
export function serverUrl(name: string, value: string, schemes: readonly string[], example: string): URL {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url && schemes.includes(url.protocol)) return url;
  throw new Error(`${name} is not the URL of a server, such as ${example}`);
}

/** The same, of a PostgreSQL server. */
export function postgresUrl(name: string, value: string): URL {
  return serverUrl(name, value, ['postgres:', 'postgresql:'], 'postgres://user:password@127.0.0.1:5432/postgres');
}

/** The same, of a RabbitMQ server. */
export function rabbitUrl(name: string, value: string): URL {
  return serverUrl(name, value, ['amqp:', 'amqps:'], 'amqp://user:password@127.0.0.1:5672');
}

/** The same, of a Redis server. */
export function redisUrl(name: string, value: string): URL {
  return serverUrl(name, value, ['redis:', 'rediss:'], 'redis://127.0.0.1:6379');
}
