import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip as gzipCallback } from 'node:zlib';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

const gzip = promisify(gzipCallback);

const APOLLO_SCRIPTS =
  'https://embeddable-sandbox.cdn.apollographql.com https://apollo-server-landing-page.cdn.apollographql.com';

/** For Apollo Sandbox, a page that loads its scripts from Apollo; the page itself narrows them down to its own by nonce. */
export const sandboxPolicy = [
  "default-src 'none'",
  `script-src 'self' 'unsafe-inline' ${APOLLO_SCRIPTS}`,
  `style-src 'self' 'unsafe-inline' ${APOLLO_SCRIPTS} https://fonts.googleapis.com`,
  "img-src 'self' data: https://apollo-server-landing-page.cdn.apollographql.com",
  'font-src https://fonts.gstatic.com',
  'manifest-src https://apollo-server-landing-page.cdn.apollographql.com',
  'frame-src https://sandbox.embed.apollographql.com',
  "connect-src 'self' ws: wss: https://*.apollographql.com",
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join('; ');

/** For GraphiQL, one page that holds all it needs; its workers are made from blobs. */
const graphiqlPolicy = (scriptHashes: string) =>
  [
    "default-src 'none'",
    `script-src ${scriptHashes} blob:`,
    'worker-src blob:',
    "style-src 'unsafe-inline'",
    'img-src data:',
    'font-src data:',
    "connect-src 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ].join('; ');

const addresses = { graphql: '/graphql', stream: '/graphql/stream', docs: '/docs', health: '/readyz' };

/** What is at `/` where there are no explorers: where to go instead. */
export function serveAddresses(app: FastifyInstance): void {
  app.get('/', async () => addresses);
}

/** The pages for people: `/` leads a browser to Apollo Sandbox, `/graphiql` is an explorer that works with no internet. */
export function serveExplorers(app: FastifyInstance): void {
  app.get('/', async (request, reply) => {
    if (acceptsHtml(request)) return reply.redirect('/graphql', 302);
    return { ...addresses, explorers: ['/graphql', '/graphiql'] };
  });
  const page = graphiqlPage();
  app.get('/graphiql', async (_request, reply) => await page(reply));
}

export function acceptsHtml(request: FastifyRequest): boolean {
  return request.headers.accept?.includes('text/html') ?? false;
}

/** Several megabytes, so made at the first visit, and sent packed. */
function graphiqlPage(): (reply: FastifyReply) => Promise<FastifyReply> {
  let made: Promise<{ packed: Buffer; policy: string }> | undefined;
  return async (reply) => {
    made ??= makeGraphiql();
    const { packed, policy } = await made;
    return reply
      .header('content-security-policy', policy)
      .header('content-encoding', 'gzip')
      .type('text/html; charset=utf-8')
      .send(packed);
  };
}

async function makeGraphiql(): Promise<{ packed: Buffer; policy: string }> {
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql');
  const html = renderGraphiQL({
    title: 'GraphiQL',
    endpoint: '/graphql',
    // Subscriptions go by SSE to the same address, where a browser can send the headers that were typed in.
    subscriptionsProtocol: 'GRAPHQL_SSE',
  } as Parameters<typeof renderGraphiQL>[0]);
  const scripts = [...html.matchAll(/<script>([\s\S]*?)<\/script>/g)].map(([, script = '']) => script);
  const hashes = scripts.map((script) => `'sha256-${createHash('sha256').update(script).digest('base64')}'`);
  return { packed: await gzip(html), policy: graphiqlPolicy(hashes.join(' ')) };
}
