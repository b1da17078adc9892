/** What a subgraph answered, or what was made of it: objects whose keys are response names. */
export type Data = Record<string, unknown>;

/** What objects, lists and texts have without having been given it: a response may use these names too. */
const inherited = [{}, [], '', 0, false].map((value) => Object(value) as object);

/** How to read one name of anything that JSON can hold, as far as it was in the JSON; undefined where it was not. */
export function readerOf(name: string): (value: unknown) => unknown {
  if (inherited.some((value) => name in value)) return (value) => own(value as Data, name);
  return (value) => (value as Data)[name];
}

function own(value: Data, name: string): unknown {
  return Object.hasOwn(value, name) ? value[name] : undefined;
}

export function isNothing(value: unknown): value is null | undefined {
  return value === null || value === undefined;
}

export function isRecord(value: unknown): value is Data {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Sets a name that objects inherit something under as any other: no setter of theirs is called. */
export function defineOwn(target: Data, name: string): void {
  if (!Object.hasOwn(target, name) && name in target)
    Object.defineProperty(target, name, { configurable: true, enumerable: true, value: undefined, writable: true });
}
