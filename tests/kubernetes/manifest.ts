/** An object of Kubernetes, as its YAML says it. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly labels?: Labels };
  // What each kind has beside is its schema's business.
  readonly [field: string]: unknown;
}

export type Labels = Readonly<Record<string, string>>;

/** A rule of ours for the manifests of a shop; it answers what breaks it. */
export type Rule = (manifests: readonly Manifest[]) => string[];

/** A Kubernetes label selector of labels that must be equal, as all of ours are. */
export function selects(selector: Labels, labels: Labels | undefined): boolean {
  return Object.entries(selector).every(([name, value]) => labels?.[name] === value);
}

/** How messages speak of it. */
export function nameOf({ kind, metadata }: Manifest): string {
  return `${kind}/${metadata.name}`;
}
