import type { Level } from 'pino';
import { z } from 'zod';
import { Metrics } from './metrics.js';
import { followContext } from './trace-context.js';
import { Tracing } from './tracing.js';
import { type Environment, readConfig, variables } from '../config/read-config.js';
import { StopTime } from '../lifecycle/stop-time.js';
import type { Component } from '../lifecycle/system.js';
import type { LogChannel } from '../logging/log-channel.js';
import { AmqpLogShipping, InProcessLogShipping, type LogShipping } from '../logging/log-shipping.js';
import { createLogger, type Logger, silentLogger } from '../logging/logger.js';
import { StdoutLines } from '../logging/stdout-lines.js';
import { within } from '../messaging/in-flight.js';

/** What lets one see inside a service: each has its own, also where several share a process. Starts first, stops last. */
export interface Telemetry extends Component {
  readonly service: string;
  readonly logger: Logger;
  readonly tracing: Tracing;
  readonly metrics: Metrics;
}

/** What a service or the gateway reads for its telemetry. */
export const telemetryVariables = {
  LOG_LEVEL: variables.logLevel,
  /** Of what is logged, what goes to this process's own stdout; all unless told. */
  LOG_STDOUT_LEVEL: variables.logLevel.optional(),
  OTEL_EXPORTER_OTLP_ENDPOINT: variables.optionalUrl,
  /** The share of the traces that is recorded. */
  OTEL_TRACES_SAMPLER_ARG: z.coerce.number().min(0).max(1).default(1),
};

const schema = z.object({ ...telemetryVariables, RABBITMQ_URL: variables.optionalUrl });

/**
 * The telemetry of one service, as its environment says. Its log goes to stdout, and to the logger: over RabbitMQ, or else
 * by the channel of this process. The logger does not ship its own.
 */
export function createTelemetry(environment: Environment, service: string, logs: LogChannel): Telemetry {
  const config = readConfig(environment, schema);
  followContext();
  const shipping = shippingOf(service, config.RABBITMQ_URL, logs);
  const tracing = new Tracing({
    service,
    endpoint: config.OTEL_EXPORTER_OTLP_ENDPOINT,
    ratio: config.OTEL_TRACES_SAMPLER_ARG,
  });
  const metrics = new Metrics(service);
  const stdout = { level: config.LOG_STDOUT_LEVEL ?? config.LOG_LEVEL, stream: new StdoutLines() };
  const destinations = [stdout, ...(shipping ? [{ level: config.LOG_LEVEL as Level, stream: shipping }] : [])];
  countDropped(metrics, { stdout: stdout.stream, ...(shipping && { logger: shipping }) });
  return {
    name: 'telemetry',
    service,
    logger: createLogger(service, config.LOG_LEVEL, { destinations }),
    tracing,
    metrics,
    start: async () => {
      await Promise.all([shipping?.start(), tracing.start()]);
    },
    stop: async (time = new StopTime()) => {
      await within(time.leftFor('everything'), Promise.all([shipping?.stop(), tracing.stop()]));
    },
  };
}

/** For tests: nothing is logged, recorded or shipped. */
export function silentTelemetry(service = 'test'): Telemetry {
  followContext();
  return {
    name: 'telemetry',
    service,
    logger: silentLogger,
    tracing: new Tracing({ service, ratio: 0 }),
    metrics: new Metrics(service),
    start: async () => undefined,
    stop: async () => undefined,
  };
}

function shippingOf(service: string, url: string | undefined, logs: LogChannel): LogShipping | null {
  if (service === 'logger') return null;
  return url ? new AmqpLogShipping(url, service) : new InProcessLogShipping(logs);
}

/** `ways`: those on which entries leave, by the name of where they go. */
function countDropped(metrics: Metrics, ways: Readonly<Record<string, { readonly dropped: number }>>): void {
  const help = 'Log entries that were lost on their way to the logger, or to the own stdout';
  metrics.counter({ name: 'log_entries_dropped_total', help, labels: ['to'] }, (counter) => {
    for (const [to, { dropped }] of Object.entries(ways)) counter.inc({ to }, dropped);
  });
}
