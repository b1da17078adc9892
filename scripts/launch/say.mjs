/** Tells the person at the terminal what goes on. On stderr: stdout belongs to what a verb is asked for. */
export function say(sentence) {
  process.stderr.write(`${sentence}\n`);
}

/** Does `work` and says every ten seconds that it still goes on. */
export async function sayingProgress(what, work) {
  const started = Date.now();
  const timer = setInterval(() => say(`${what}: ${Math.round((Date.now() - started) / 1000)} s so far ...`), 10_000);
  try {
    return await work;
  } finally {
    clearInterval(timer);
  }
}
