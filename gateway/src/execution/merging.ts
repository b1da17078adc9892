import { type Data, defineOwn, isNothing, isRecord } from './data.js';

/**
 * Merges what a subgraph answered into what is there already: objects field by field, lists of one length item by item.
 * What was not there is taken over as it is, and so belongs to the target from then on.
 */
export function merge(target: Data, source: unknown): void {
  if (isNothing(source)) return;
  const from = source as Data;
  for (const key of Object.keys(from)) {
    const value = from[key];
    if (value === undefined) continue;
    defineOwn(target, key);
    const there = target[key];
    if (there && isRecord(value)) merge(there as Data, value);
    else if (Array.isArray(value) && Array.isArray(there) && there.length === value.length) mergeItems(there, value);
    else target[key] = value;
  }
}

function mergeItems(target: unknown[], source: readonly unknown[]): void {
  for (const [index, value] of source.entries()) {
    const there = target[index];
    if (isRecord(there) && isRecord(value)) merge(there, value);
    else target[index] = value;
  }
}

/** The same value, sharing nothing with it that a merge could change. */
export function copyOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copyOf);
  if (!isRecord(value)) return value;
  const copy: Data = {};
  for (const key of Object.keys(value)) {
    defineOwn(copy, key);
    copy[key] = copyOf(value[key]);
  }
  return copy;
}
