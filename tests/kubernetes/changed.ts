import { patched, type PatchStep } from './json-patch.js';
import { build } from './kustomize.js';
import { type Manifest, nameOf } from './manifest.js';

export const production = build('deploy/kubernetes/overlays/production');

/** The manifests of production with one of them changed. */
export function changed(name: string, ...steps: readonly PatchStep[]): Manifest[] {
  const found = production.some((one) => nameOf(one) === name);
  if (!found) throw new Error(`there is no ${name}`);
  return production.map((one) => (nameOf(one) === name ? patched(one, steps) : one));
}

/** The manifests of production but one. */
export function without(name: string): Manifest[] {
  return production.filter((one) => nameOf(one) !== name);
}
