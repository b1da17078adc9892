/** A stream of answers that can be ended from outside. */
export interface Endable<Answer> {
  readonly answers: AsyncGenerator<Answer, void, undefined>;
  /** Whoever waits for the next answer, or asks for it later, gets this error, and what had not been given is given no more. */
  end(error: unknown): void;
}

/** The same stream, with an end. It is read by one reader, which waits for an answer before it asks for the next. */
export function endable<Answer>(source: AsyncGenerator<Answer, void, undefined>): Endable<Answer> {
  let waiting: PromiseWithResolvers<IteratorResult<Answer, void>> | undefined;
  let ended: { error: unknown } | undefined;
  let over = false;

  const end = (error: unknown) => {
    if (over || ended) return;
    ended = { error };
    settle();
    void source.return();
  };
  const settle = () => {
    if (!ended || !waiting) return;
    over = true;
    waiting.reject(ended.error);
  };
  const next = async (): Promise<IteratorResult<Answer, void>> => {
    if (over) return { done: true, value: undefined };
    const reader = (waiting = Promise.withResolvers<IteratorResult<Answer, void>>());
    settle();
    if (!ended) source.next().then(reader.resolve, reader.reject);
    return reader.promise.finally(() => (waiting = undefined));
  };
  const stop = async (): Promise<IteratorResult<Answer, void>> => {
    over = true;
    return await source.return();
  };
  const answers: AsyncGenerator<Answer, void, undefined> = {
    next,
    return: stop,
    async throw(error: unknown) {
      await stop();
      throw error;
    },
    [Symbol.asyncIterator]: () => answers,
    async [Symbol.asyncDispose]() {
      await stop();
    },
  };
  return { answers, end };
}
