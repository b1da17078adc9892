/** Longer names are nobody's who means well. */
const LONGEST = 60;

/** Clients choose the names of their operations: as labels of metrics there are only so many, and the rest are one. */
export class BoundedNames {
  private readonly known = new Set<string>();

  constructor(private readonly limit: number) {}

  /** The name as a label: itself for as long as there is room, then `other`; `anonymous` where there is none. */
  labelOf(name: string | null | undefined): string {
    if (!name) return 'anonymous';
    if (this.known.has(name)) return name;
    if (this.known.size >= this.limit || name.length > LONGEST) return 'other';
    this.known.add(name);
    return name;
  }
}
