import { randomUUID } from 'node:crypto';
import amqplib from 'amqplib';
import type { Bus } from '@shop/shared/messaging/bus';
import { RascalBus } from '@shop/shared/messaging/rascal-bus';
import { deadLetterQueue } from '@shop/shared/messaging/topology';
import { type BusHarness, type DeadLetter, testQueues } from './bus-contract.js';
import { eventually } from './eventually.js';

export interface RabbitHarness extends BusHarness {
  readonly url: string;
  readonly management: Management;
}

/** RabbitMQ's management API, in one virtual host. */
export interface Management {
  readonly vhost: string;
  call(method: string, path: string, body?: object): Promise<unknown>;
}

interface ConnectionInfo {
  readonly name: string;
  readonly client_properties?: { readonly connection_name?: string };
}

interface QueuedMessage {
  readonly payload: string;
  readonly properties: { readonly message_id?: string; readonly headers?: Readonly<Record<string, unknown>> };
}

/** A virtual host of the test's own. */
export async function rabbitHarness(): Promise<RabbitHarness> {
  const management = await newVhost();
  const url = new URL(required('RABBITMQ_URL'));
  url.pathname = `/${management.vhost}`;
  const buses: Bus[] = [];
  return {
    url: url.href,
    management,
    bus(service) {
      const bus = new RascalBus({ url: url.href, service, queues: testQueues });
      buses.push(bus);
      return bus;
    },
    async publishForeign(exchange, key, text) {
      const connection = await amqplib.connect(url.href);
      const channel = await connection.createConfirmChannel();
      channel.publish(exchange, key, Buffer.from(text), { contentType: 'application/json', headers: { rascal: 1 } });
      await channel.waitForConfirms();
      await connection.close();
    },
    deadLetters: (queue) => deadLetters(management, queue),
    killConsumer: (service) => cutOff(management, service),
    cutOff: (service) => cutOff(management, service),
    async dispose() {
      // Deleted first: buses must be able to stop while the broker refuses them.
      await management.call('DELETE', `/vhosts/${management.vhost}`);
      await Promise.all(buses.map((bus) => bus.stop()));
    },
  };
}

async function newVhost(): Promise<Management> {
  const vhost = `test-${randomUUID()}`;
  const base = new URL(required('RABBITMQ_MANAGEMENT_URL'));
  const user = decodeURIComponent(base.username);
  const authorization = `Basic ${Buffer.from(`${user}:${decodeURIComponent(base.password)}`).toString('base64')}`;
  const call = async (method: string, path: string, body?: object): Promise<unknown> => {
    const response = await fetch(new URL(`/api${path}`, base.origin), {
      method,
      headers: { authorization, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
    if (!response.ok && response.status !== 404) throw new Error(`${method} ${path}: ${response.status}`);
    const text = await response.text();
    return text && response.ok ? JSON.parse(text) : undefined;
  };
  await call('PUT', `/vhosts/${vhost}`, {});
  await call('PUT', `/permissions/${vhost}/${user}`, { configure: '.*', write: '.*', read: '.*' });
  return { vhost, call };
}

/** The management API learns of a connection some seconds after it has opened. */
async function cutOff({ vhost, call }: Management, service: string): Promise<void> {
  const found = await eventually(
    async () => {
      const all = (await call('GET', `/vhosts/${vhost}/connections`)) as ConnectionInfo[];
      return all.filter((connection) => connection.client_properties?.connection_name === service);
    },
    (connections) => connections.length > 0,
  );
  await Promise.all(found.map(({ name }) => call('DELETE', `/connections/${encodeURIComponent(name)}`)));
}

async function deadLetters({ vhost, call }: Management, queue: string): Promise<DeadLetter[]> {
  const path = `/queues/${vhost}/${encodeURIComponent(deadLetterQueue(queue))}/get`;
  const body = { count: 100, ackmode: 'ack_requeue_true', encoding: 'auto' };
  const messages = (await call('POST', path, body)) as QueuedMessage[];
  return messages.map(({ payload, properties: { message_id, headers } }) => ({
    messageId: String(message_id),
    text: payload,
    reason: String(headers?.['reason']),
    service: String(headers?.['service']),
    attempts: Number(headers?.['attempts']),
  }));
}

function required(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set`);
  return value;
}
