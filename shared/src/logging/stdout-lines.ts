const outputs = new Set<NodeJS.WriteStream>();

/**
 * Lets this process go on when its own outputs fail: whoever read them is gone (EPIPE), or the disk is full (ENOSPC).
 * Without a listener, Node takes that for an error that nobody caught. Asking twice is the same.
 */
export function outliveReaders(): void {
  for (const output of [process.stdout, process.stderr]) {
    if (outputs.has(output)) continue;
    outputs.add(output);
    output.on('error', () => undefined);
  }
}

/** Log lines on this process's own stdout. Never throws; a line that stdout does not take is lost, the next one is tried. */
export class StdoutLines {
  /** Lines that were lost since the start. */
  dropped = 0;

  constructor() {
    outliveReaders();
  }

  /** Takes one JSON line, with its end. */
  write(line: string): void {
    process.stdout.write(line, (error) => {
      if (error) this.dropped += 1;
    });
  }
}
