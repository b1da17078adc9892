import { z } from 'zod';

/** Those operations of JSON Patch (RFC 6902) that change something by a value. */
export const patchStep = z.discriminatedUnion('op', [
  z.strictObject({ op: z.enum(['add', 'replace']), path: z.string(), value: z.unknown() }),
  z.strictObject({ op: z.literal('remove'), path: z.string() }),
]);
export type PatchStep = z.output<typeof patchStep>;

/** A copy to which the steps were applied. @throws where a path leads nowhere, as the RFC wants it */
export function patched<Document>(document: Document, steps: readonly PatchStep[]): Document {
  const copy = structuredClone(document);
  for (const step of steps) apply(copy, step);
  return copy;
}

function apply(document: unknown, step: PatchStep): void {
  const keys = step.path.split('/').slice(1).map(unescaped);
  const last = keys.pop() ?? '';
  let parent = document;
  for (const key of keys) parent = at(parent, key, step.path);
  if (typeof parent !== 'object' || parent === null) throw new Error(`${step.path} leads nowhere`);
  if (step.op !== 'add') at(parent, last, step.path);
  if (Array.isArray(parent)) {
    const index = last === '-' ? parent.length : Number(last);
    if (step.op === 'remove') parent.splice(index, 1);
    else parent.splice(index, step.op === 'replace' ? 1 : 0, structuredClone(step.value));
  } else if (step.op === 'remove') {
    Reflect.deleteProperty(parent, last);
  } else {
    Reflect.set(parent, last, structuredClone(step.value));
  }
}

function at(parent: unknown, key: string, path: string): unknown {
  if (typeof parent !== 'object' || parent === null || !Object.hasOwn(parent, key))
    throw new Error(`${path} leads nowhere`);
  return Reflect.get(parent, key);
}

/** RFC 6901, section 4. */
function unescaped(key: string): string {
  return key.replaceAll('~1', '/').replaceAll('~0', '~');
}
