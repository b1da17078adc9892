/** The same stream with each event answered by `map`, one after the other. Its end, from either side, is the source's end. */
export function mapEvents<Event, Result>(
  source: AsyncIterator<Event, unknown, undefined>,
  map: (event: Event) => Promise<Result>,
): AsyncGenerator<Result, void, undefined> {
  const end = { done: true, value: undefined } as const;
  return {
    async next() {
      const step = await source.next();
      return step.done ? end : { done: false, value: await map(step.value) };
    },
    async return() {
      await source.return?.();
      return end;
    },
    async throw(error: unknown) {
      await source.return?.();
      throw error;
    },
    [Symbol.asyncIterator]() {
      return this;
    },
    async [Symbol.asyncDispose]() {
      await source.return?.();
    },
  };
}
