import { boundedText, storable } from './bounded-text.js';

export type Fields = Readonly<Record<string, unknown>>;

/** What of an entry's fields is kept, at most. */
export const fieldBounds = {
  /** UTF-16 units of one value. */
  text: 4_096,
  /** UTF-16 units of a name. */
  name: 256,
  /** UTF-16 units of all names and values together. */
  texts: 32_768,
  /** Values, objects and arrays, all levels together. */
  values: 1_000,
  /** Objects within objects. */
  depth: 8,
} as const;

/** What stands, beside the fields that were kept, for those that were not. */
export const LEFT_OUT = '[left out]';

/**
 * The fields of an entry as they are kept: storable, and bounded. Long texts are cut with a mark; from the bounds on all
 * else is left out, and `[left out]: true` says so. What JSON can't carry becomes what JSON.stringify makes of it.
 */
export function boundedFields(fields: Fields): Fields {
  const walk = new Walk();
  const kept = walk.object(fields, 1);
  return walk.leftOut ? { ...kept, [LEFT_OUT]: true } : kept;
}

class Walk {
  leftOut = false;
  private values = 0;
  private texts = 0;

  object(fields: object, depth: number): Fields {
    const kept: [string, unknown][] = [];
    for (const [name, value] of Object.entries(fields)) {
      if (this.isFull()) break;
      const bounded = this.value(value, depth);
      if (bounded !== undefined) kept.push([this.text(name, fieldBounds.name), bounded]);
    }
    return Object.fromEntries(kept);
  }

  private value(value: unknown, depth: number): unknown {
    this.values += 1;
    if (typeof value === 'string') return this.text(value, fieldBounds.text);
    if (typeof value === 'number') return Number.isFinite(value) ? value : null;
    if (typeof value === 'boolean' || value === null) return value;
    if (typeof value === 'bigint') return this.text(String(value), fieldBounds.text);
    if (typeof value !== 'object') return undefined;
    if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
    if (depth === fieldBounds.depth) return this.leaveOut();
    return Array.isArray(value) ? this.array(value, depth + 1) : this.object(value, depth + 1);
  }

  private array(items: readonly unknown[], depth: number): unknown[] {
    const kept: unknown[] = [];
    for (const item of items) {
      if (this.isFull()) break;
      kept.push(this.value(item, depth) ?? null);
    }
    return kept;
  }

  private text(text: string, most: number): string {
    const bounded = text.length <= most ? storable(text) : boundedText(text, most);
    this.texts += bounded.length;
    return bounded;
  }

  private isFull(): boolean {
    if (this.values < fieldBounds.values && this.texts < fieldBounds.texts) return false;
    this.leaveOut();
    return true;
  }

  private leaveOut(): string {
    this.leftOut = true;
    return LEFT_OUT;
  }
}
