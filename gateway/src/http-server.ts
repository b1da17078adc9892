import cors from '@fastify/cors';
import fastify, { type FastifyInstance, type FastifyPluginAsync, type FastifyReply } from 'fastify';
import { serveMetrics } from '@shop/shared/http/metrics-route';
import { refuseUnsoundRequests } from '@shop/shared/http/request-soundness';
import { traceRequests } from '@shop/shared/http/request-tracing';
import { closePolitely } from '@shop/shared/http/polite-close';
import { answerErrors } from '@shop/shared/http/rest-errors';
import { secureAnswers } from '@shop/shared/http/security-headers';
import { serverOptions } from '@shop/shared/http/server-options';
import { trustedProxy } from '@shop/shared/http/trusted-proxy';
import type { Component } from '@shop/shared/lifecycle/system';
import type { Telemetry } from '@shop/shared/telemetry/telemetry';
import type { GatewayConfig } from './config.js';
import { serveAddresses, serveExplorers } from './explorers.js';
import type { Readiness } from './readiness.js';
import type { WebsocketDoor } from './subscriptions/ws.js';

interface HttpServerOptions {
  readonly config: GatewayConfig;
  readonly telemetry: Telemetry;
  readonly readiness: Readiness;
  readonly websockets: WebsocketDoor;
  readonly routes: readonly FastifyPluginAsync[];
}

/** The share of a stop's time that what is being answered may take: the rest is for what stops after it. */
const ANSWERED_WITHIN = 0.8;

/** The gateway's HTTP server: its routes, health, the explorers, and the websocket upgrades. */
export class HttpServer implements Component {
  readonly name = 'http server';
  private app: FastifyInstance | undefined;

  constructor(private readonly options: HttpServerOptions) {}

  async start(): Promise<void> {
    const { config, websockets } = this.options;
    const app = await this.build();
    this.app = app;
    websockets.attach(app.server);
    await app.listen({ host: config.host, port: config.port });
  }

  /** Takes nothing new, lets what is being answered end, and cuts off what has not ended in time. */
  async stop(): Promise<void> {
    const { config, websockets } = this.options;
    const overdue = setTimeout(() => {
      websockets.terminate();
      this.app?.server.closeAllConnections();
    }, config.shutdownMs * ANSWERED_WITHIN);
    await websockets.stop();
    await this.app?.close();
    clearTimeout(overdue);
  }

  /** Where it listens; of use where the configuration said port 0. */
  get port(): number {
    const address = this.app?.server.address();
    return typeof address === 'object' && address ? address.port : this.options.config.port;
  }

  private async build(): Promise<FastifyInstance> {
    const { config, readiness, routes } = this.options;
    const { logger, metrics } = this.options.telemetry;
    const app = fastify({
      ...serverOptions,
      // While a service is waited for, nothing moves.
      connectionTimeout: serverOptions.connectionTimeout + config.subgraphTimeoutMs,
      bodyLimit: config.bodyLimit,
      exposeHeadRoutes: false,
      trustProxy: trustedProxy(config.trustedProxies),
      rewriteUrl: ({ url = '/' }) => originForm(url),
    });
    traceRequests(app, this.options.telemetry);
    closePolitely(app);
    answerErrors(app, logger);
    refuseUnsoundRequests(app);
    serveMetrics(app, metrics);
    secureAnswers(app);
    await app.register(cors, {
      origin: config.corsOrigins.includes('*') ? '*' : [...config.corsOrigins],
      methods: ['GET', 'HEAD', 'POST', 'PUT', 'DELETE'],
      exposedHeaders: ['ETag', 'Retry-After', 'X-Cache', 'X-Total-Count'],
      strictPreflight: false,
      maxAge: 600,
    });
    app.route({ url: '/healthz', method: ['GET', 'HEAD'], handler: () => ({ status: 'ok' }) });
    app.route({ url: '/readyz', method: ['GET', 'HEAD'], handler: (_request, reply) => readyz(reply, readiness) });
    if (config.development) serveExplorers(app);
    else serveAddresses(app);
    for (const plugin of routes) await app.register(plugin);
    return app;
  }
}

function readyz(reply: FastifyReply, { ready, services }: Readiness): FastifyReply {
  return reply.code(ready ? 200 : 503).send({ status: ready ? 'ready' : 'not ready', services });
}

/** The path of a request whose target is a whole URL, as it may be (RFC 9112, section 3.2.2): the host says nothing more. */
function originForm(target: string): string {
  return target.replace(/^https?:\/\/[^/?#]*(?=\/)/i, '');
}
