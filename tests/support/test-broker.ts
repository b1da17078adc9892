import { randomBytes } from 'node:crypto';
import { required } from './test-environment.js';

/** A vhost of its own for one test file, on the broker of RABBITMQ_URL. `drop` ends its connections and queues. */
export async function testBroker(): Promise<{ url: string; drop(): Promise<void> }> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  const url = new URL(required('RABBITMQ_URL'));
  await manage('PUT', `vhosts/${name}`, {});
  await manage('PUT', `permissions/${name}/${url.username || 'guest'}`, { configure: '.*', write: '.*', read: '.*' });
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => manage('DELETE', `vhosts/${name}`).then(() => undefined) };
}

/** Calls RabbitMQ's management API. Answers its JSON, undefined where there is none. */
export async function manage(
  method: 'GET' | 'PUT' | 'POST' | 'DELETE',
  path: string,
  body?: unknown,
): Promise<unknown> {
  const { username, password } = new URL(required('RABBITMQ_URL'));
  // `origin`: fetch refuses a URL that carries credentials.
  const { origin } = new URL(required('RABBITMQ_MANAGEMENT_URL'));
  const response = await fetch(`${origin}/api/${path}`, {
    method,
    headers: {
      authorization: `Basic ${Buffer.from(`${username || 'guest'}:${password || 'guest'}`).toString('base64')}`,
      'content-type': 'application/json',
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`RabbitMQ management: ${method} ${path} answered ${response.status}`);
  const text = await response.text();
  return text ? JSON.parse(text) : undefined;
}
