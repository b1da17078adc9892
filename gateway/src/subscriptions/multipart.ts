import type { FastifyReply } from 'fastify';
import { statusOf } from '../public-errors.js';
import type { Outcome } from './operations.js';
import { type Framing, streamReply } from './stream-reply.js';

const part = (body: unknown) => `\r\n--graphql\r\ncontent-type: application/json\r\n\r\n${JSON.stringify(body)}`;

/**
 * Apollo's multipart subscription protocol, version 1.0
 * (https://www.apollographql.com/docs/graphos/routing/operations/subscriptions/multipart-protocol): answers are payloads,
 * heartbeats empty objects, and an error that ends the stream stands beside a payload of null.
 */
const framing: Framing = {
  contentType: 'multipart/mixed;boundary="graphql";subscriptionSpec=1.0',
  opening: part({}),
  heartbeat: part({}),
  heartbeatMs: 5_000,
  answer: (payload) => part({ payload }),
  failure: (error) => part({ payload: null, errors: [error] }),
  ending: '\r\n--graphql--\r\n',
};

/** Whether a client speaks this protocol, by its Accept header. */
export function acceptsMultipart(accept: string | undefined): boolean {
  return /multipart\/mixed\b[^,]*;\s*subscriptionSpec="?1\.0"?/i.test(accept ?? '');
}

/** Answers a subscription; one that is refused gets a plain JSON answer, for no stream has begun. */
export async function replyByMultipart(reply: FastifyReply, outcome: Outcome): Promise<void> {
  if (outcome.kind === 'stream') return await streamReply(reply, outcome.answers, framing);
  const body = outcome.kind === 'refused' ? { errors: outcome.errors } : outcome.result;
  await reply.code(outcome.kind === 'refused' ? statusOf(outcome.errors[0]) : 200).send(body);
}
