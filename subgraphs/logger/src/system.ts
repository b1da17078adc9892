import { verifierFor } from '@shop/shared/auth/token-verifier';
import { createBacking } from '@shop/shared/backing/create-backing';
import type { Backing } from '@shop/shared/backing/ports';
import type { Environment } from '@shop/shared/config/read-config';
import { openApi } from '@shop/shared/http/openapi';
import { WebServer } from '@shop/shared/http/web-server';
import { component, System, together } from '@shop/shared/lifecycle/system';
import { consumption } from '@shop/shared/messaging/consumption';
import { readLoggerConfig } from './config.js';
import { loggerGraphql } from './graphql/logger-graphql.js';
import { GrpcServer } from './grpc/grpc-server.js';
import { logHandlers } from './grpc/log-handlers.js';
import { ingestGuard } from './ingest-token.js';
import { channelDoor } from './messaging/channel-door.js';
import { subscribe } from './messaging/subscriptions.js';
import { EntryStore } from './persistence/entry.store.js';
import { openDatabase } from './persistence/open-database.js';
import { ingestRoutes } from './rest/ingest.routes.js';
import { measureFeeds } from './sinks/feed-metrics.js';
import { openFeeds } from './sinks/open-feeds.js';
import { ForgetEntries } from './use-cases/forget-entries.js';
import { KeepEntry } from './use-cases/keep-entry.js';

/** How often entries that are too old or too many are looked for, in ms. */
const SWEEP_MS = 60_000;

/** The logger, wired: takes log entries by four doors, keeps them searchable, passes them on. What it logs itself goes to stdout alone. */
export function createSystem(
  environment: Environment,
  backing: Backing = createBacking(environment, 'logger'),
  sweepMs = SWEEP_MS,
): System {
  const config = readLoggerConfig(environment);
  const now = () => new Date();
  const { telemetry, bus, logs } = backing;
  const { logger } = telemetry;

  const database = openDatabase(config, telemetry);
  const entries = new EntryStore(database);
  const feeds = openFeeds(config, logger);
  measureFeeds(telemetry.metrics, [feeds.database, ...feeds.others]);
  const keepEntry = new KeepEntry(feeds, now);
  subscribe(bus, keepEntry);
  const forgetEntries = new ForgetEntries({
    entries,
    logger,
    now,
    days: config.LOG_RETENTION_DAYS,
    most: config.LOG_MAX_ENTRIES,
    mostBytes: config.LOG_MAX_MB * 1_000_000,
    intervalMs: sweepMs,
  });

  const verifier = verifierFor(config, logger);
  const guard = ingestGuard(config.INGEST_TOKEN);
  const grpcServer = new GrpcServer({
    host: config.HOST,
    port: config.GRPC_PORT,
    handlers: logHandlers({ keepEntry, guard, telemetry }),
  });
  const webServer = new WebServer({
    host: config.HOST,
    port: config.PORT,
    telemetry,
    access: config,
    readiness: async () => ({ database: await database.isReachable() }),
    doors: [
      openApi({ title: 'Logger', description: 'Takes log entries, keeps them searchable, and passes them on.' }),
      ingestRoutes({ keepEntry, guard, guarded: config.INGEST_TOKEN !== undefined }),
      loggerGraphql({ entries, verifier, telemetry }),
    ],
  });

  return new System('logger', [
    telemetry,
    database,
    together(...feeds.others, feeds.database),
    bus,
    consumption(bus),
    channelDoor(logs, keepEntry),
    forgetEntries,
    verifier,
    together(grpcServer, webServer),
    // Stopped first, so that none of them waits for a database that is away.
    component(
      'log intake',
      async () => undefined,
      async () => feeds.database.hurry(),
    ),
  ]);
}
