/**
 * What `make` makes, for `keptMs` after it was made: whoever asks while it is being made shares that. A failure is for those
 * who waited for it, and is not kept.
 */
export function keptFor<Made>(keptMs: number, make: () => Promise<Made>): () => Promise<Made> {
  let current: Promise<Made> | undefined;
  let staleAt = Infinity;
  return () => {
    if (current && performance.now() < staleAt) return current;
    const making = make();
    current = making;
    staleAt = Infinity;
    making.then(
      () => (staleAt = performance.now() + keptMs),
      () => (current = undefined),
    );
    return making;
  };
}
