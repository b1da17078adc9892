import type { LogEntry } from '../domain/log-entry.js';
import { logLine } from './log-line.js';

/** More services than these share one label: each value of a label is a stream of its own for Loki, and costs it. */
const MOST_SERVICES = 50;
const OTHERS = 'other';

/** The bytes of one push's lines, before gzip: Loki takes 4 MB of a message, and of a second, unless told. */
const MOST_BYTES = 1_000_000;

/** An entry and the line that Loki keeps of it. */
export interface LokiLine {
  readonly entry: LogEntry;
  readonly line: string;
}

/** Entries, in batches that Loki takes at once. */
export function lokiBatches(entries: readonly LogEntry[]): LokiLine[][] {
  const batches: LokiLine[][] = [];
  let room = 0;
  for (const entry of entries) {
    const line = logLine(entry);
    const bytes = Buffer.byteLength(line);
    if (bytes > room) {
      batches.push([]);
      room = MOST_BYTES;
    }
    batches.at(-1)?.push({ entry, line });
    room -= bytes;
  }
  return batches;
}

interface Stream {
  readonly stream: Readonly<Record<string, string>>;
  readonly values: (readonly [nanoseconds: string, line: string])[];
}

/**
 * Makes batches for Loki's push API (`POST /loki/api/v1/push`, Grafana Loki HTTP API): one stream for each service and
 * level, the only labels, both bounded; everything else, trace ids above all, is in the line.
 */
export class LokiBatches {
  private readonly services = new Set<string>();

  /** The request's body. Its times are nanoseconds, as text. */
  body(batch: readonly LokiLine[]): string {
    const streams = new Map<string, Stream>();
    for (const { entry, line } of batch) {
      const labels = { service: this.serviceLabel(entry.service), level: entry.level };
      const key = `${labels.level} ${labels.service}`;
      const stream: Stream = streams.get(key) ?? { stream: labels, values: [] };
      streams.set(key, stream);
      stream.values.push([`${entry.time.getTime()}000000`, line]);
    }
    return JSON.stringify({ streams: [...streams.values()] });
  }

  private serviceLabel(service: string): string {
    if (this.services.has(service)) return service;
    if (this.services.size === MOST_SERVICES) return OTHERS;
    this.services.add(service);
    return service;
  }
}
