/** Longer names are nobody's who means well. */
const LONGEST = 60;
/** A name that has come so often is meant. */
const OFTEN = 20;
/** Names that are counted before they have a place. */
const MOST_COUNTED = 1_000;

/**
 * Clients choose the names of their operations: as labels of metrics there are only so many, and the rest are one. Half of
 * the places go to whoever comes first, the others to names that come often, so that nobody takes all by making up names.
 * A place is for good, as the series of a metric is.
 */
export class BoundedNames {
  private readonly known = new Set<string>();
  private readonly counts = new Map<string, number>();

  constructor(private readonly limit: number) {}

  /** The name as a label: itself when it has a place, else `other`; `anonymous` where there is none. */
  labelOf(name: string | null | undefined): string {
    if (!name) return 'anonymous';
    if (this.known.has(name)) return name;
    if (this.known.size >= this.limit || name.length > LONGEST) return 'other';
    if (this.known.size >= this.limit / 2 && this.counted(name) < OFTEN) return 'other';
    this.known.add(name);
    this.counts.delete(name);
    return name;
  }

  /** How often a name came, about. Misra and Gries' way: where there is no room for one more, all count one less. */
  private counted(name: string): number {
    const count = (this.counts.get(name) ?? 0) + 1;
    if (count > 1 || this.counts.size < MOST_COUNTED) this.counts.set(name, count);
    else this.fade();
    return count;
  }

  private fade(): void {
    for (const [name, count] of this.counts) {
      if (count > 1) this.counts.set(name, count - 1);
      else this.counts.delete(name);
    }
  }
}
