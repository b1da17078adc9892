/**
 * Remembers what was made of texts that clients sent, up to so many characters of them; beyond that it forgets all and
 * begins anew. The texts are what its memory is bounded by: what is made of one must not be much larger than it.
 */
export class TextCache<Made> {
  private readonly made = new Map<string, Made>();
  private characters = 0;

  constructor(private readonly mostCharacters: number) {}

  get(text: string): Made | undefined {
    return this.made.get(text);
  }

  set(text: string, made: Made): void {
    if (this.characters + text.length > this.mostCharacters) this.clear();
    if (text.length > this.mostCharacters) return;
    if (!this.made.has(text)) this.characters += text.length;
    this.made.set(text, made);
  }

  clear(): void {
    this.made.clear();
    this.characters = 0;
  }
}
