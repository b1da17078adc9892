/** More events than this wait for nobody: their reader has stopped reading. */
const LIMIT = 10_000;

/**
 * Events that are pushed at one end and pulled at the other, in order and bounded. `onClose` is called once, when the
 * queue takes no more: it was ended, it failed, or its reader went away.
 */
export class EventQueue<Event> implements AsyncGenerator<Event, void, undefined> {
  private readonly events: Event[] = [];
  private readonly readers: PromiseWithResolvers<IteratorResult<Event, void>>[] = [];
  private closed = false;
  private failure: { readonly error: unknown } | null = null;

  constructor(
    private readonly onClose: () => void,
    private readonly onOverflow: () => unknown,
  ) {}

  push(event: Event): void {
    if (this.closed) return;
    const reader = this.readers.shift();
    if (reader) reader.resolve({ done: false, value: event });
    else if (this.events.length < LIMIT) this.events.push(event);
    else {
      this.events.length = 0;
      this.fail(this.onOverflow());
    }
  }

  /** The events that wait are still given; after them the reader learns that there are no more. */
  end(): void {
    this.close();
  }

  /** The events that wait are still given; after them the reader gets this error. */
  fail(error: unknown): void {
    if (this.closed) return;
    const [reader, ...others] = this.readers.splice(0);
    if (reader) reader.reject(error);
    else this.failure = { error };
    for (const other of others) other.resolve({ done: true, value: undefined });
    this.close();
  }

  async next(): Promise<IteratorResult<Event, void>> {
    const event = this.events.shift();
    if (event !== undefined) return { done: false, value: event };
    if (this.failure) {
      const { error } = this.failure;
      this.failure = null;
      throw error;
    }
    if (this.closed) return { done: true, value: undefined };
    const reader = Promise.withResolvers<IteratorResult<Event, void>>();
    this.readers.push(reader);
    return await reader.promise;
  }

  async return(): Promise<IteratorResult<Event, void>> {
    this.events.length = 0;
    this.failure = null;
    this.close();
    return { done: true, value: undefined };
  }

  async throw(error: unknown): Promise<IteratorResult<Event, void>> {
    await this.return();
    throw error;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  private close(): void {
    if (this.closed) return;
    this.closed = true;
    for (const reader of this.readers.splice(0)) reader.resolve({ done: true, value: undefined });
    this.onClose();
  }
}
