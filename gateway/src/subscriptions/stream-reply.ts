import { once } from 'node:events';
import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { FastifyReply } from 'fastify';
import type { ExecutionResult, GraphQLFormattedError } from 'graphql';
import { markAsStream } from '@shop/shared/http/metrics-route';
import { toPublicError } from '../public-errors.js';

/** How a protocol writes a stream of answers into one HTTP response. */
export interface Framing {
  readonly contentType: string;
  /** Written at once, so that the client knows that it is connected. */
  readonly opening: string;
  readonly heartbeat: string;
  readonly heartbeatMs: number;
  answer(result: ExecutionResult): string;
  /** The error that ended the stream. */
  failure(error: GraphQLFormattedError): string;
  readonly ending: string;
}

/** A client that takes nothing for so long is cut off, be it an answer or a heartbeat that waits. */
const STALLED_AFTER_MS = 15_000;

/**
 * Writes a stream into the reply until it ends or the client goes away; either way nothing is left behind. A client that
 * does not read is waited for, then cut off.
 */
export async function streamReply(
  reply: FastifyReply,
  answers: AsyncGenerator<ExecutionResult, void, undefined>,
  framing: Framing,
): Promise<void> {
  markAsStream(reply.request);
  reply.hijack();
  const { raw } = reply;
  // Its client has gone while it was prepared, and nothing else will tell.
  if (raw.destroyed) return void (await answers.return());
  const headers = reply.getHeaders() as OutgoingHttpHeaders;
  raw.writeHead(200, {
    ...headers,
    'content-type': framing.contentType,
    'cache-control': 'no-cache',
    // Proxies that buffer would hold events back.
    'x-accel-buffering': 'no',
  });
  raw.once('close', () => void answers.return());
  raw.write(framing.opening);
  // One at a time: what waits already is waited for below.
  const heartbeat = setInterval(() => {
    if (raw.writableLength === 0) void write(raw, framing.heartbeat);
  }, framing.heartbeatMs);
  try {
    for await (const answer of answers) await write(raw, framing.answer(answer));
  } catch (error) {
    await write(raw, framing.failure(toPublicError(error)));
  } finally {
    clearInterval(heartbeat);
    raw.end(framing.ending);
  }
}

/** Resolves once there is room for more. What the network has not taken in time shows that nobody reads at its other end. */
async function write(raw: ServerResponse, text: string): Promise<void> {
  if (raw.destroyed) return;
  const stalled = setTimeout(() => raw.destroy(), STALLED_AFTER_MS);
  const hasRoom = raw.write(text, () => clearTimeout(stalled));
  // A response that is destroyed emits no drain.
  if (!hasRoom) await Promise.race([once(raw, 'drain'), once(raw, 'close')]);
}
