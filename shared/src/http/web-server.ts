import fastify, { type FastifyInstance } from 'fastify';
import { acceptJsonBodies } from './request-body.js';
import { serveMetrics } from './metrics-route.js';
import { type AccessSettings, SubgraphAccess } from './behind-gateway.js';
import { closePolitely } from './polite-close.js';
import { traceRequests } from './request-tracing.js';
import { refuseUnsoundRequests } from './request-soundness.js';
import { answerErrors } from './rest-errors.js';
import { secureAnswers } from './security-headers.js';
import { serverOptions } from './server-options.js';
import { StopTime } from '../lifecycle/stop-time.js';
import type { Component } from '../lifecycle/system.js';
import type { Telemetry } from '../telemetry/telemetry.js';

/**
 * A way into a service: registers its routes on the service's HTTP server before it listens. `access` says who may use one
 * that is for the gateway.
 */
export type Door = (app: FastifyInstance, access: SubgraphAccess) => Promise<void> | void;

/** What a service needs to do its own work, by name, and whether it is there now. */
export type Readiness = () => Promise<Readonly<Record<string, boolean>>>;

interface WebServerOptions {
  readonly host: string;
  readonly port: number;
  readonly telemetry: Telemetry;
  readonly readiness: Readiness;
  readonly doors: readonly Door[];
  /** Who may ask `/graphql`, and how the gateway is known, which alone is believed where a request came from. */
  readonly access?: AccessSettings;
}

/** A body of a REST or GraphQL request, in bytes, at most. */
export const BODY_LIMIT = 1_048_576;

/** A service's HTTP server: its doors, `/healthz` (alive), `/readyz` (can do its own work now) and `/metrics`. */
export class WebServer implements Component {
  readonly name = 'web server';
  private app: FastifyInstance | undefined;

  constructor(private readonly options: WebServerOptions) {}

  async start(): Promise<void> {
    const { logger, metrics, service } = this.options.telemetry;
    const access = new SubgraphAccess(service, this.options.access);
    if (access.isOpen) logger.warn('SUBGRAPH_ACCESS=open: /graphql answers anybody, not the gateway alone');
    const app = fastify({ ...serverOptions, bodyLimit: BODY_LIMIT, trustProxy: true });
    this.app = app;
    access.believeGatewayAlone(app);
    traceRequests(app, this.options.telemetry);
    closePolitely(app);
    answerErrors(app, logger);
    refuseUnsoundRequests(app);
    serveMetrics(app, metrics);
    secureAnswers(app);
    acceptJsonBodies(app);
    app.get('/healthz', { schema: { hide: true } as never }, () => ({ status: 'ok' }));
    app.get('/readyz', { schema: { hide: true } as never }, async (_request, reply) => {
      const parts = await this.options.readiness();
      const ready = Object.values(parts).every(Boolean);
      return reply.status(ready ? 200 : 503).send({ status: ready ? 'ready' : 'not ready', parts });
    });
    for (const door of this.options.doors) await door(app, access);
    await app.listen({ host: this.options.host, port: this.options.port });
  }

  /**
   * Takes nothing new and lets what is being answered end. What has not ended in time is cut off: its client asks again,
   * and the rest of the service can stop in order.
   */
  async stop(time = new StopTime()): Promise<void> {
    const { app } = this;
    const overdue = setTimeout(() => app?.server.closeAllConnections(), time.leftFor('answers'));
    await app?.close();
    clearTimeout(overdue);
  }

  /** The port it listens on; of use where the configuration said 0. */
  get port(): number {
    const address = this.app?.server.address();
    return address && typeof address === 'object' ? address.port : this.options.port;
  }
}
