interface Frugality {
  /** Of the time that passes, at most this share is spent on the reading; a twentieth unless told. */
  readonly share?: number;
  /** Milliseconds, of a clock that never goes back. */
  readonly now?: () => number;
}

/**
 * A reading that takes at most a small share of the time, however slow it becomes: until that is so again, who asks gets
 * the result of before. One that fails is not repeated sooner, and its failure stands for as long.
 */
export function frugal<Result>(
  read: () => Promise<Result>,
  { share = 0.05, now = () => performance.now() }: Frugality = {},
) {
  let result: Promise<Result> | undefined;
  let dueAt = -Infinity;
  return (): Promise<Result> => {
    const startedAt = now();
    if (result && startedAt < dueAt) return result;
    dueAt = Infinity;
    const reading = read();
    const schedule = () => {
      dueAt = startedAt + (now() - startedAt) / share;
    };
    reading.then(schedule, schedule);
    return (result = reading);
  };
}
