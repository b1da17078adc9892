/** How much a client's variables hold. */
export interface VariablesExtent {
  /** Values within values, at most. */
  readonly depth: number;
  /** The items of the longest list. */
  readonly items: number;
  /** False where JSON has a number that is too large for one of ours: it would be passed on as null. */
  readonly finite: boolean;
}

/** Measures variables, level by level: values within values could be deeper than a stack. */
export function extentOfVariables(variables: Readonly<Record<string, unknown>>): VariablesExtent {
  let [depth, items, finite] = [0, 0, true];
  let values: unknown[] = Object.values(variables);
  for (;;) {
    finite &&= !values.some((value) => value === Infinity || value === -Infinity);
    const level = values.filter(isComposite);
    if (level.length === 0) return { depth, items, finite };
    depth += 1;
    for (const value of level) if (Array.isArray(value)) items = Math.max(items, value.length);
    values = level.flatMap((value) => Object.values(value));
  }
}

function isComposite(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
