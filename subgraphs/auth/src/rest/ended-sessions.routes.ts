import { sessionNews } from '@shop/shared/auth/session-news';
import { errors, type ZodTypeProvider } from '@shop/shared/http/openapi';
import { newsQuery } from '@shop/shared/http/request-fields';
import type { Door } from '@shop/shared/http/web-server';
import type { TellEndedSessions } from '../use-cases/tell-ended-sessions.js';

/** Where every service learns which access tokens are good no more, though they have not expired. */
export function endedSessionsRoutes(tellEndedSessions: TellEndedSessions): Door {
  return (untyped) => {
    untyped.withTypeProvider<ZodTypeProvider>().get(
      '/.well-known/ended-sessions',
      {
        schema: {
          operationId: 'listEndedSessions',
          summary: 'The sessions that ended since a time, for who verifies tokens',
          querystring: newsQuery,
          response: { 200: sessionNews.describe('The sessions that ended'), ...errors(400) },
        },
      },
      ({ query }) => tellEndedSessions.run(query, new Date()),
    );
  };
}
