import type { Logger } from '@shop/shared/logging/logger';
import { FileSink } from './file-sink.js';
import { LokiSink } from './loki-sink.js';
import { SinkFeed } from './sink-feed.js';
import { StdoutSink } from './stdout-sink.js';
import type { Config } from '../config.js';
import { EntryWriter } from '../persistence/entry-writer.js';
import type { Feeds } from '../use-cases/keep-entry.js';

/** What waits for one sink, at most, in entries: 4 s of what the logger has to take, some MB. */
const CAPACITY = 20_000;
const BATCH = 500;
/** Whoever waits for the database is to learn soon that it is back. */
const DATABASE_PAUSE_MS = 2_000;
/** Loki takes a second of entries at once rather than many small requests. */
const LOKI_LINGER_MS = 1_000;
const LOKI_BATCH = 1_000;

/** The sinks that the settings name, each behind its own feed. */
export function openFeeds(config: Config, logger: Logger): Feeds {
  const lines = { logger, capacity: CAPACITY, batchSize: BATCH };
  const { LOG_FILE: file, LOG_FILE_MB: megabytes, LOG_FILES_KEPT: kept, LOKI_URL: lokiUrl } = config;
  const database = new SinkFeed({
    ...lines,
    longestPauseMs: DATABASE_PAUSE_MS,
    sink: new EntryWriter(config.DATABASE_URL),
  });
  const others: SinkFeed[] = [];
  if (config.LOG_STDOUT === 'on') others.push(new SinkFeed({ ...lines, sink: new StdoutSink() }));
  if (file) others.push(new SinkFeed({ ...lines, sink: new FileSink({ file, megabytes, kept }) }));
  if (lokiUrl) {
    const { LOKI_TOKEN: token, LOKI_USER: user, LOKI_PASSWORD: password, LOKI_TENANT: tenant } = config;
    const sink = new LokiSink({ url: lokiUrl, token, user, password, tenant });
    // An answer may take as long as the sink waits for one.
    const slow = { lingerMs: LOKI_LINGER_MS, batchSize: LOKI_BATCH, patienceMs: 10_000 };
    others.push(new SinkFeed({ ...lines, ...slow, sink }));
  }
  return { database, others };
}
