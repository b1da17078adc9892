import type { FastifyReply, FastifyRequest } from 'fastify';
import { numericId } from '@shop/shared/graphql/identifiers';
import type { Door } from '@shop/shared/http/web-server';
import { absentPage, elsewherePage, listPage, mailPage, mailPagePolicy } from './mail-page.js';
import type { SinkStore } from '../persistence/sink.store.js';

/** Where mail goes: into the sink, or to a server, by its address without credentials. */
export type Destination = { readonly sink: SinkStore } | { readonly server: string };

/** So many mails the list shows. */
const SHOWN = 100;

const hidden = { schema: { hide: true } as never };

/** The same list at `/mail/`: its links lead on from `/mail`. */
const list = {
  ...hidden,
  onRequest: async ({ url }: FastifyRequest, reply: FastifyReply) =>
    /^\/mail\/+(\?|$)/.test(url) ? reply.redirect('/mail') : undefined,
};

/** `GET /mail`, for people who try the shop out: what was sent, or where to. */
export function mailRoutes(destination: Destination): Door {
  return (app) => {
    if ('server' in destination) {
      const show = elsewherePage(destination.server);
      app.get('/mail', list, (_request, reply) => send(reply, show));
      return;
    }
    const { sink } = destination;
    app.get('/mail', list, async (_request, reply) => send(reply, listPage(await sink.newest(SHOWN), SHOWN)));
    app.get<{ Params: { id: string } }>('/mail/:id', hidden, async ({ params }, reply) => {
      const id = numericId(params.id);
      const mail = id === null ? null : await sink.find(id);
      return mail ? send(reply, mailPage(mail)) : send(reply.status(404), absentPage());
    });
  };
}

function send(reply: FastifyReply, page: string): FastifyReply {
  return reply
    .header('content-security-policy', mailPagePolicy)
    .header('cache-control', 'no-store')
    .type('text/html; charset=utf-8')
    .send(page);
}
