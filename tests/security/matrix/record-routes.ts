// Loaded into the processes of a shop by Node's --import: writes down every route that any HTTP server of theirs serves, a line
// for each, with the port that it listens on. Which file that is, the query of this module's own URL says.
import { subscribe } from 'node:diagnostics_channel';
import { appendFileSync } from 'node:fs';
import type { FastifyInstance } from 'fastify';

const file = new URL(import.meta.url).searchParams.get('to');

subscribe('fastify.initialization', (message) => {
  const { fastify } = message as { fastify: FastifyInstance };
  const routes: { readonly method: string; readonly path: string }[] = [];
  fastify.addHook('onRoute', ({ method, url }) => {
    for (const one of [method].flat()) routes.push({ method: one, path: url });
  });
  fastify.addHook('onListen', async () => {
    const address = fastify.server.address();
    if (file === null || address === null || typeof address === 'string') return;
    appendFileSync(file, routes.map((route) => `${JSON.stringify({ port: address.port, ...route })}\n`).join(''));
  });
});
