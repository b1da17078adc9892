import type { FastifyReply } from 'fastify';
import type { Framing } from './stream-reply.js';
import { streamReply } from './stream-reply.js';
import type { Outcome } from './operations.js';

const event = (name: string, data: unknown) => `event: ${name}\ndata: ${data === null ? '' : JSON.stringify(data)}\n\n`;

/**
 * GraphQL over Server-Sent Events, distinct connections mode
 * (https://github.com/graphql/graphql-over-http/blob/main/rfcs/GraphQLOverSSE.md): one operation a response, each answer
 * a `next`, and `complete` at the end. Errors are answers too, as the protocol has no other place for them.
 */
const framing: Framing = {
  contentType: 'text/event-stream; charset=utf-8',
  opening: ':\n\n',
  heartbeat: ':\n\n',
  heartbeatMs: 12_000,
  answer: (result) => event('next', result),
  failure: (error) => event('next', { errors: [error] }),
  ending: event('complete', null),
};

/** Answers an operation of any kind as an event stream. */
export async function replyBySse(reply: FastifyReply, outcome: Outcome): Promise<void> {
  await streamReply(reply, answersOf(outcome), framing);
}

function answersOf(outcome: Outcome): Extract<Outcome, { kind: 'stream' }>['answers'] {
  if (outcome.kind === 'stream') return outcome.answers;
  const result = outcome.kind === 'result' ? outcome.result : { errors: outcome.errors };
  return (async function* () {
    yield result as never;
  })();
}
