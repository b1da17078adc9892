/** The value below which a share of the values lies: 0.99 for the 99th percentile. NaN of none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(Math.floor(sorted.length * share), sorted.length - 1)] ?? NaN;
}

/** Durations in ms, in the words of a report. */
export function quantiles(durations: readonly number[]): string {
  return `p50 ${quantile(durations, 0.5).toFixed(0)} ms, p99 ${quantile(durations, 0.99).toFixed(0)} ms`;
}
