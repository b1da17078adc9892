import { pino } from 'pino';
import type { LogEntry } from '../domain/log-entry.js';
import { logLines } from './log-line.js';
import type { LogSink } from './log-sink.js';

const STDOUT = 1;

/**
 * JSON lines on a file descriptor, stdout unless told. By pino's own stream: what Node writes to a pipe by
 * `process.stdout` holds up the whole process when nobody reads it.
 */
export class StdoutSink implements LogSink {
  readonly name = 'stdout';
  private readonly stream: ReturnType<typeof pino.destination>;

  constructor(fd: number = STDOUT) {
    this.stream = pino.destination({ dest: fd, sync: false });
    // Whoever waits for the flush has it too.
    this.stream.on('error', () => undefined);
  }

  write(batch: readonly LogEntry[]): Promise<void> {
    return new Promise((resolve, reject) => {
      this.stream.write(logLines(batch));
      this.stream.flush((error) => (error ? reject(error) : resolve()));
    });
  }

  /** The descriptor is the process's, and stays open. */
  async close(): Promise<void> {}
}
