import { verifierFor } from '@shop/shared/auth/token-verifier';
import { createBacking } from '@shop/shared/backing/create-backing';
import type { Backing } from '@shop/shared/backing/ports';
import type { Environment } from '@shop/shared/config/read-config';
import { DeliveryHousekeeping } from '@shop/shared/delivery/housekeeping';
import { Transactions } from '@shop/shared/delivery/transactions';
import { openApi } from '@shop/shared/http/openapi';
import { WebServer } from '@shop/shared/http/web-server';
import { System, together } from '@shop/shared/lifecycle/system';
import { consumption } from '@shop/shared/messaging/consumption';
import type { Database } from '@shop/shared/persistence/database';
import type { MailServer } from './clients/mail-server.js';
import { SinkServer } from './clients/sink-server.js';
import { SmtpServer } from './clients/smtp-server.js';
import { type Config, readMailerConfig } from './config.js';
import { mailerGraphql } from './graphql/mailer-graphql.js';
import { measureMail } from './mail-metrics.js';
import { subscribe } from './messaging/subscriptions.js';
import { EmailStore } from './persistence/email.store.js';
import { openDatabase } from './persistence/open-database.js';
import { SinkStore } from './persistence/sink.store.js';
import { type Destination, mailRoutes } from './rest/mail.routes.js';
import { SendEmail } from './use-cases/send-email.js';

/** A claim outlasts its attempt: that is over by then, however slow the process is. */
const leaseFor = (timeoutMs: number) => 1.1 * timeoutMs + 2_000;

/** The mailer, wired: writes to customers about their orders. */
export function createSystem(
  environment: Environment,
  backing: Backing = createBacking(environment, 'mailer'),
): System {
  const config = readMailerConfig(environment);
  const { telemetry, bus } = backing;
  const { logger } = telemetry;

  const database = openDatabase(config, telemetry);
  const emails = new EmailStore(database);
  const { server, destination } = mailServer(config, database);
  const sendEmail = new SendEmail({
    transactions: new Transactions(database, telemetry),
    emails,
    server,
    logger,
    tracing: telemetry.tracing,
    attempts: measureMail(telemetry.metrics, emails),
    now: () => new Date(),
    leaseMs: leaseFor(config.MAIL_TIMEOUT_MS),
  });
  subscribe(bus, sendEmail);

  const verifier = verifierFor(config, logger);
  const webServer = new WebServer({
    host: config.HOST,
    port: config.PORT,
    telemetry,
    access: config,
    readiness: async () => ({ database: await database.isReachable() }),
    doors: [
      openApi({
        title: 'Mailer',
        description: 'Writes to customers about their orders. It has no routes but GraphQL.',
      }),
      mailRoutes(destination),
      mailerGraphql({ emails, verifier, telemetry }),
    ],
  });

  return new System('mailer', [
    telemetry,
    database,
    bus,
    together(consumption(bus), new DeliveryHousekeeping({ database, logger, retentionDays: config.RETENTION_DAYS })),
    verifier,
    webServer,
  ]);
}

/** The server that takes the mail, and where people see what it took. */
function mailServer(config: Config, database: Database): { server: MailServer; destination: Destination } {
  const { SMTP_URL: url, MAIL_FROM: from, MAIL_TIMEOUT_MS: timeoutMs } = config;
  if (url) return { server: new SmtpServer({ url, from, timeoutMs }), destination: { server: new URL(url).host } };
  const sink = new SinkStore(database);
  return { server: new SinkServer(sink, from), destination: { sink } };
}
