import type { Heard } from './raw-http.js';

/** One sort of fault in one operation: how often it was met, and the first request that met it. */
export interface Finding {
  readonly fault: string;
  readonly operation: string;
  count: number;
  readonly request: string;
  readonly answer: string;
}

/** The faults that were met, each sort once. */
export class Findings {
  private readonly found = new Map<string, Finding>();

  /** `mostShown`: characters of request and answer that are kept. */
  constructor(private readonly mostShown = 1_200) {}

  get all(): readonly Finding[] {
    return [...this.found.values()];
  }

  note(
    fault: string,
    { operation, bytes }: { readonly operation: string; readonly bytes: Buffer },
    heard: Heard,
  ): void {
    const key = `${operation}: ${fault}`;
    const known = this.found.get(key);
    if (known) known.count += 1;
    else {
      const answer = heard.kind === 'answer' ? heard.body : heard.kind;
      const [shownRequest, shownAnswer] = [bytes.toString('latin1'), answer].map((text) => this.shortened(text));
      this.found.set(key, { fault, operation, count: 1, request: shownRequest ?? '', answer: shownAnswer ?? '' });
    }
  }

  private shortened(text: string): string {
    return text.replace(/Bearer [\w-]{20,}\.[\w.-]+/g, 'Bearer <token>').slice(0, this.mostShown);
  }
}
