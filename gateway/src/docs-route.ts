import { isIP } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { serviceNames, type ServiceName } from '@shop/shared/backing/roster';
import { docsPage, docsPolicy } from './docs-page.js';
import type { Readiness } from './readiness.js';

interface DocsRouteOptions {
  readonly readiness: Readiness;
  /** Then there are explorers of the graph to lead to, and a reader may know where each service is. */
  readonly development: boolean;
  /** A service's origin, as this gateway reaches it; null when the supergraph is not the shop's. */
  readonly originOf: (service: ServiceName) => string | null;
}

/** `GET /docs`: the page that leads to every other. */
export function docsRoute({ readiness, development, originOf }: DocsRouteOptions) {
  return async (app: FastifyInstance): Promise<void> => {
    app.get('/docs', async ({ hostname }, reply) => {
      const services = Object.entries(readiness.services).map(([name, state]) => {
        const service = serviceNames.find((known) => known === name);
        const origin = service ? originOf(service) : null;
        const address = development && origin !== null ? addressFromBrowser(origin, hostname) : null;
        return { name, state, address };
      });
      const isShop = serviceNames.some((service) => originOf(service) !== null);
      return reply
        .header('content-security-policy', docsPolicy)
        .type('text/html; charset=utf-8')
        .send(docsPage(services, { explorers: development, rest: isShop }));
    });
  };
}

/**
 * Where a browser reaches what is at `origin` from here. The loopback interface and a container's name mean nothing to
 * another machine: there it is the host under which the browser found this gateway, with the service's own port.
 */
export function addressFromBrowser(origin: string, hostname: string): string {
  const url = new URL(origin);
  const isLocal = url.hostname.startsWith('127.') || url.hostname === '[::1]' || !/[.:]/.test(url.hostname);
  if (isLocal && hostname) url.hostname = isIP(hostname) === 6 ? `[${hostname}]` : hostname;
  return url.origin;
}
