interface Kept<Made> {
  readonly made: Made;
  readonly characters: number;
}

/**
 * Remembers what was made of texts that clients sent, up to so many characters together; beyond that it forgets what was
 * not used for longest. What is larger than all of it is not kept.
 */
export class TextCache<Made> {
  /** The one that was used last stands last. */
  private readonly kept = new Map<string, Kept<Made>>();
  private characters = 0;

  constructor(private readonly mostCharacters: number) {}

  get size(): number {
    return this.kept.size;
  }

  get(text: string): Made | undefined {
    const found = this.kept.get(text);
    if (!found) return undefined;
    this.kept.delete(text);
    this.kept.set(text, found);
    return found.made;
  }

  /** `characters`: what it counts for, which is the text itself where what is made of one is not much larger than it. */
  set(text: string, made: Made, characters = text.length): void {
    this.delete(text);
    if (characters > this.mostCharacters) return;
    this.kept.set(text, { made, characters });
    this.characters += characters;
    for (const oldest of this.kept.keys()) {
      if (this.characters <= this.mostCharacters) return;
      this.delete(oldest);
    }
  }

  delete(text: string): boolean {
    this.characters -= this.kept.get(text)?.characters ?? 0;
    return this.kept.delete(text);
  }

  clear(): void {
    this.kept.clear();
    this.characters = 0;
  }
}
