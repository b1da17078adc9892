import { topicMatches } from '@shop/shared/messaging/topic';
import { queues } from '@shop/shared/messaging/topology';
import type { Content, Row } from './contents.js';
import { type Service, services } from './laboratory.js';

/** A message of the contract, on its way to every queue that takes it. */
export interface Message {
  readonly id: string;
  readonly type: string;
  readonly service: Service;
  readonly exchange: string;
  readonly correlationId: string;
  readonly text: string;
}

/** A message in one queue. `attempt`: as the bus counts them. The same again is the same object. */
export interface Delivery {
  readonly id: number;
  readonly message: Message;
  readonly queue: string;
  readonly service: Service;
  readonly attempt: number;
}

/** What a step has added to the outbox. */
export function announced(service: Service, before: Content, after: Content): Message[] {
  const old = new Set((before.tables['outbox'] ?? []).map(({ id }) => id));
  return (after.tables['outbox'] ?? []).filter(({ id }) => !old.has(id)).map((row) => toMessage(service, row));
}

function toMessage(service: Service, row: Row): Message {
  const { id, type, exchange, correlation_id: correlationId, body } = row;
  const text = JSON.stringify(body);
  return {
    ...{ id: String(id), type: String(type), exchange: String(exchange), correlationId: String(correlationId) },
    ...{ service, text },
  };
}

const deliveries = new Map<string, Delivery>();

function toDelivery(parts: Omit<Delivery, 'id'>): Delivery {
  const { queue, message, attempt } = parts;
  const name = `${queue} ${message.id} ${attempt}`;
  const known = deliveries.get(name) ?? { ...parts, id: deliveries.size };
  deliveries.set(name, known);
  return known;
}

/** Where a message goes, as far as somebody here listens. */
export function deliveriesOf(message: Message): Delivery[] {
  return queues
    .filter(({ exchange, key }) => exchange === message.exchange && topicMatches(key, message.type))
    .flatMap(({ name: queue, service: consumer }) => {
      const service = services.find((name) => name === consumer);
      return service ? [toDelivery({ message, queue, service, attempt: 1 })] : [];
    });
}

/** The same message, after a fault of its handler that the process survived. */
export function retried(delivery: Delivery): Delivery {
  return toDelivery({ ...delivery, attempt: delivery.attempt + 1 });
}
