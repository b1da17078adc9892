/** Tells the person at the terminal, in one plain sentence, what is going on. */
export type Say = (sentence: string) => void;

/** Does `work` and says every ten seconds that it still goes on, so that a long step never looks like a hung one. */
export async function sayingProgress<T>(say: Say, what: string, work: Promise<T>): Promise<T> {
  const started = Date.now();
  const timer = setInterval(() => say(`${what}: ${Math.round((Date.now() - started) / 1000)} s so far ...`), 10_000);
  try {
    return await work;
  } finally {
    clearInterval(timer);
  }
}
