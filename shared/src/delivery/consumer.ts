import type { Received } from './inbox.js';
import { type Bus, type ConsumeOptions, type IncomingMessage, PermanentFault } from '../messaging/bus.js';
import type { EventDefinition } from '../messaging/define-event.js';
import { queueName } from '../messaging/topology.js';
import { isUnreadable, sqlState } from '../persistence/sql-state.js';

/** What a handler knows of its message besides the parsed body. */
export interface MessageContext extends Received {
  readonly correlationId: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly attempt: number;
}

export type EventHandler<Body> = (body: Body, message: MessageContext) => Promise<void>;

/**
 * What no retry can mend: data exceptions, and integrity violations, but for a unique violation, which may be a race that
 * was lost.
 */
const PERMANENT_SQL_STATE = /^(22...|23502|23503|23514)$/;

/**
 * Gives the messages of one event to a handler, parsed and checked. A body that is no JSON or not of its schema, and data
 * that the database can never take, are permanent faults; whatever else a handler throws is retried.
 */
export function onEvent<Body>(
  bus: Bus,
  service: string,
  event: EventDefinition<Body>,
  handler: EventHandler<Body>,
  options?: ConsumeOptions,
): void {
  const queue = queueName(service, event.key);
  bus.consume(queue, async (message) => handleMessage(message, queue, event, handler), options);
}

async function handleMessage<Body>(
  message: IncomingMessage,
  queue: string,
  event: EventDefinition<Body>,
  handler: EventHandler<Body>,
): Promise<void> {
  const body = parseBody(event, message.text);
  const { messageId, correlationId, headers, attempt } = message;
  try {
    await handler(body, { messageId, consumer: queue, correlationId, headers, attempt });
  } catch (error) {
    const state = sqlState(error);
    if (state && (PERMANENT_SQL_STATE.test(state) || isUnreadable(error)))
      throw new PermanentFault(`the database refuses it (${state})`, { cause: error });
    throw error;
  }
}

function parseBody<Body>(event: EventDefinition<Body>, text: string): Body {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new PermanentFault('the body is no JSON');
  }
  const result = event.body.safeParse(json);
  if (result.success) return result.data;
  const reasons = result.error.issues.map((issue) => `${issue.path.join('.') || 'body'}: ${issue.message}`);
  throw new PermanentFault(`the body is not a ${event.key}: ${reasons.join('; ')}`);
}
