import path from 'node:path';
import { createStream, type RotatingFileStream } from 'rotating-file-stream';
import type { LogEntry } from '../domain/log-entry.js';
import { logLines } from './log-line.js';
import type { LogSink } from './log-sink.js';

interface FileSinkOptions {
  readonly file: string;
  /** When the file is so large it becomes `<file>.1`, that `<file>.2`, and so on; in MB. */
  readonly megabytes: number;
  /** How many files are kept besides the one that is written. */
  readonly kept: number;
}

/** JSON lines in a file that never grows beyond a size, and never becomes more files than told. One process a file. */
export class FileSink implements LogSink {
  readonly name = 'file';
  private stream: RotatingFileStream | undefined;

  constructor(private readonly options: FileSinkOptions) {}

  async write(batch: readonly LogEntry[]): Promise<void> {
    this.stream ??= this.open();
    const { stream } = this;
    await new Promise<void>((resolve, reject) => {
      stream.write(logLines(batch), (error) => (error ? reject(error) : resolve()));
    });
  }

  async close(): Promise<void> {
    const { stream } = this;
    if (!stream) return;
    await new Promise<void>((resolve) => {
      stream.once('close', resolve);
      stream.end();
    });
  }

  /** A stream that failed is done for: the next batch opens another. */
  private open(): RotatingFileStream {
    const { file, megabytes, kept } = this.options;
    const folder = path.resolve(path.dirname(file));
    const stream = createStream(path.basename(file), {
      path: folder,
      size: `${megabytes}M`,
      rotate: kept,
      mode: 0o640,
    });
    const letGo = () => {
      if (this.stream === stream) this.stream = undefined;
    };
    stream.on('error', letGo);
    stream.on('close', letGo);
    return stream;
  }
}
