/** One series of a scrape, and its value. */
interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** What a service showed at its `/metrics` at one moment. */
export class Scrape {
  private constructor(
    readonly text: string,
    readonly samples: readonly Sample[],
  ) {}

  static async of(origin: string): Promise<Scrape> {
    const response = await fetch(`${origin}/metrics`);
    const text = await response.text();
    if (response.status !== 200) throw new Error(`/metrics: ${response.status} ${text}`);
    return new Scrape(text, [...text.matchAll(/^(\w+)(?:\{(.*)\})? (\S+)$/gm)].map(sampleOf));
  }

  /** The samples of a name whose labels are these, and perhaps others. */
  find(name: string, labels: Readonly<Record<string, string>> = {}): readonly Sample[] {
    const wanted = Object.entries(labels);
    return this.samples.filter(
      (sample) => sample.name === name && wanted.every(([label, value]) => sample.labels[label] === value),
    );
  }

  /** Their sum; undefined when there is none. */
  value(name: string, labels: Readonly<Record<string, string>> = {}): number | undefined {
    const found = this.find(name, labels);
    return found.length === 0 ? undefined : found.reduce((sum, { value }) => sum + value, 0);
  }
}

function sampleOf([, name = '', labels = '', value = '']: readonly string[]): Sample {
  const pairs = [...labels.matchAll(/(\w+)="((?:\\.|[^"\\])*)"/g)].map(([, label, text]) => [label, text]);
  return { name, labels: Object.fromEntries(pairs) as Record<string, string>, value: Number(value) };
}
