import { errors, needsToken } from '@shop/shared/http/openapi';
import type { Door } from '@shop/shared/http/web-server';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { levels } from '../domain/level.js';
import { textBounds } from '../domain/log-entry.js';
import type { IngestGuard } from '../ingest-token.js';
import { ANSWER_WITHIN_MS, orNothing, receivedLevel, receivedTime } from '../received-entry.js';
import type { KeepEntry } from '../use-cases/keep-entry.js';

const text = (most: number) => z.string().describe(`Cut, with a mark, after ${most} characters`);

const example = {
  level: 'warn',
  service: 'warehouse',
  message: 'shelf 12 is empty',
  timestamp: '2026-01-02T03:04:05.678Z',
  trace_id: '4bf92f3577b34da6a3ce929d0e0e4736',
  fields: { shelf: 12 },
};

const received = z
  .object({
    level: orNothing(receivedLevel).describe(
      `${levels.join(', ')}, or another logger's name for one of them; info unless told`,
    ),
    service: text(textBounds.service).nullish().describe('unknown unless told'),
    message: text(textBounds.message).min(1, 'message is required'),
    timestamp: orNothing(receivedTime).describe('ISO 8601; now unless told'),
    trace_id: text(textBounds.traceId).nullish(),
    fields: z.record(z.string(), z.unknown()).nullish(),
  })
  // zod leaves `examples` out where a schema transforms what it reads: it takes them for results.
  .meta({ 'x-examples': { shelf: { value: example } } });

interface IngestRoutesOptions {
  readonly keepEntry: KeepEntry;
  readonly guard: IngestGuard;
  /** Whether the guard lets only some in. */
  readonly guarded: boolean;
}

/** The REST door: `POST /ingest`, on the service's own port alone. */
export function ingestRoutes({ keepEntry, guard, guarded }: IngestRoutesOptions): Door {
  return async (server) => {
    await server.register(async (scope) => {
      // Before the body is even parsed.
      scope.addHook('onRequest', async ({ headers }) => guard(headers.authorization));
      scope.withTypeProvider<ZodTypeProvider>().post(
        '/ingest',
        {
          schema: {
            operationId: 'ingest',
            summary: 'Takes a log entry',
            body: received,
            response: { 202: z.object({ status: z.literal('accepted') }), ...(guarded && errors(401)) },
            ...(guarded && { security: needsToken, description: 'The bearer token is INGEST_TOKEN.' }),
          },
        },
        async (request, reply) => {
          const { timestamp: time, trace_id: traceId, ...entry } = request.body;
          await keepEntry.run({ ...entry, time, traceId }, { withinMs: ANSWER_WITHIN_MS });
          return reply.status(202).send({ status: 'accepted' });
        },
      );
    });
  };
}
