/** How much a client's variables hold. */
export interface VariablesExtent {
  /** Values within values, at most. */
  readonly depth: number;
  /** The items of the longest list. */
  readonly items: number;
}

/** Measures variables, level by level: values within values could be deeper than a stack. */
export function extentOfVariables(variables: Readonly<Record<string, unknown>>): VariablesExtent {
  let [depth, items] = [0, 0];
  let level = Object.values(variables).filter(isComposite);
  while (level.length > 0) {
    depth += 1;
    for (const value of level) if (Array.isArray(value)) items = Math.max(items, value.length);
    level = level.flatMap((value) => Object.values(value)).filter(isComposite);
  }
  return { depth, items };
}

function isComposite(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
