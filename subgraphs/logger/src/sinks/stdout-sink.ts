import { write } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { LogEntry } from '../domain/log-entry.js';
import { logLines } from './log-line.js';
import type { LogSink } from './log-sink.js';

const STDOUT = 1;
/** How long to wait for a reader who has not made room yet, in ms. */
const FULL_MS = 20;
const writeSome = promisify(write);

/**
 * JSON lines on a file descriptor, stdout unless told. Not by `process.stdout`: what Node writes to a pipe by that holds
 * up the whole process when nobody reads it.
 */
export class StdoutSink implements LogSink {
  readonly name = 'stdout';

  constructor(private readonly descriptor: number = STDOUT) {}

  async write(batch: readonly LogEntry[]): Promise<void> {
    let rest = Buffer.from(logLines(batch));
    while (rest.length > 0) rest = rest.subarray(await this.written(rest));
  }

  /** The descriptor is the process's, and stays open. */
  async close(): Promise<void> {}

  /** How many bytes it took: none, after a pause, while a pipe that does not block is full. */
  private async written(bytes: Buffer): Promise<number> {
    try {
      return (await writeSome(this.descriptor, bytes)).bytesWritten;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) throw error;
      await pause(FULL_MS);
      return 0;
    }
  }
}
