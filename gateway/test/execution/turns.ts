/** Lets requests that are under way together be answered one after the other, in an order that their texts decide. */
export class Turns {
  private readonly waiting: { readonly key: string; readonly go: () => void }[] = [];
  private running = false;

  /** Resolves when it is this request's turn. */
  take(key: string): Promise<void> {
    return new Promise((go) => {
      this.waiting.push({ key, go });
      if (!this.running) this.next();
    });
  }

  private next(): void {
    this.running = true;
    setImmediate(() => {
      this.waiting.sort((one, other) => (one.key < other.key ? -1 : 1));
      const first = this.waiting.shift();
      this.running = false;
      first?.go();
      if (this.waiting.length > 0) this.next();
    });
  }
}
