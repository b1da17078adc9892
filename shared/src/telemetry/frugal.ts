/** Of the time that passes, at most this share is spent on one reading. */
const SHARE = 0.05;

/**
 * A reading that takes at most a twentieth of the time, however slow it becomes: until that is so again, who asks gets the
 * result of before. One that fails is not repeated sooner, and its failure stands for as long.
 */
export function frugal<Result>(read: () => Promise<Result>, now: () => number = () => performance.now()) {
  let result: Promise<Result> | undefined;
  let dueAt = -Infinity;
  return (): Promise<Result> => {
    const startedAt = now();
    if (result && startedAt < dueAt) return result;
    dueAt = Infinity;
    const reading = read();
    const schedule = () => {
      dueAt = startedAt + (now() - startedAt) / SHARE;
    };
    reading.then(schedule, schedule);
    return (result = reading);
  };
}
