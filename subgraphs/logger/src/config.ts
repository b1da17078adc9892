import { z } from 'zod';
import { loggerGrpcPort } from '@shop/shared/backing/roster';
import {
  type Environment,
  identityVariables,
  readServiceConfig,
  serviceVariables,
  variables,
} from '@shop/shared/config/read-config';

const settings = z.object({
  ...serviceVariables,
  ...identityVariables,
  GRPC_PORT: variables.port.default(loggerGrpcPort),
  /** Who brings entries by HTTP or gRPC has to name it as a bearer token (RFC 6750), when it is set. */
  INGEST_TOKEN: z
    .string()
    .regex(/^[A-Za-z0-9\-._~+/]+=*$/, 'letters, digits and -._~+/ only')
    .optional(),
  LOG_RETENTION_DAYS: variables.count(14, 1, 36_500),
  LOG_MAX_ENTRIES: variables.count(1_000_000, 1_000, 1_000_000_000),
  /** Of the entries in the database and their indexes, as estimated from a sample. */
  LOG_MAX_MB: variables.count(1_024, 1, 1_000_000),
  LOG_STDOUT: z.enum(['on', 'off']).default('on'),
  /** No file is written unless it is named. */
  LOG_FILE: z.string().optional(),
  LOG_FILE_MB: variables.count(10, 1, 10_000),
  /** Beside the one that is written. */
  LOG_FILES_KEPT: variables.count(5, 1, 1_000),
  /** Nothing is pushed unless it is named. */
  LOKI_URL: z.url({ protocol: /^https?$/ }).optional(),
  LOKI_TOKEN: z.string().optional(),
  LOKI_USER: z.string().optional(),
  LOKI_PASSWORD: z.string().optional(),
  LOKI_TENANT: z.string().optional(),
});

/** A token that may be met on the internet has to be as long as any secret. */
const guarded = settings.superRefine(({ NODE_ENV, INGEST_TOKEN }, context) => {
  if (NODE_ENV !== 'production' || variables.secret.safeParse(INGEST_TOKEN).success) return;
  const message = 'production needs one, of at least 16 characters';
  context.addIssue({ code: 'custom', path: ['INGEST_TOKEN'], message });
});

export type Config = Readonly<z.output<typeof settings>>;

/** The logger's settings. Throws `ConfigError` with every mistake. */
export const readLoggerConfig = (environment: Environment): Config => readServiceConfig(environment, guarded);
