import { unwatchFile, watchFile } from 'node:fs';

/** Files are looked at rather than watched: that also sees changes over bind mounts, and files that are replaced. */
const LOOK_EVERY_MS = 300;
/** A formatter or a checkout touches several files in a row: one reading for all of them. */
const SETTLE_MS = 100;

/** Calls back a moment after one of its files has changed, until it is closed. */
export class WatchedFiles {
  private watched: readonly string[] = [];
  private settling: NodeJS.Timeout | undefined;

  constructor(private readonly onChange: () => void) {}

  /** Watches these, and no others any more. */
  watch(files: readonly string[]): void {
    const gone = this.watched.filter((file) => !files.includes(file));
    const added = files.filter((file) => !this.watched.includes(file));
    for (const file of gone) unwatchFile(file, this.changed);
    for (const file of added) watchFile(file, { interval: LOOK_EVERY_MS, persistent: false }, this.changed);
    this.watched = files;
  }

  get closed(): boolean {
    return this.watched.length === 0;
  }

  close(): void {
    clearTimeout(this.settling);
    this.watch([]);
  }

  private readonly changed = (): void => {
    clearTimeout(this.settling);
    this.settling = setTimeout(this.onChange, SETTLE_MS);
  };
}
