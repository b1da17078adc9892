import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { load, loadAll } from 'js-yaml';
import { z } from 'zod';
import { patched, type PatchStep, patchStep } from './json-patch.js';
import { type Labels, type Manifest, nameOf, selects } from './manifest.js';

const target = z.strictObject({
  kind: z.string().optional(),
  name: z.string().optional(),
  labelSelector: z.string().optional(),
});

/** What we use of kustomize's format, and not a field more: what this does not know it does not pass over. */
const kustomization = z.strictObject({
  apiVersion: z.enum(['kustomize.config.k8s.io/v1beta1', 'kustomize.config.k8s.io/v1alpha1']),
  kind: z.enum(['Kustomization', 'Component']),
  namespace: z.string().optional(),
  resources: z.array(z.string()).default([]),
  components: z.array(z.string()).default([]),
  replicas: z.array(z.strictObject({ name: z.string(), count: z.int().min(0) })).default([]),
  images: z.array(z.strictObject({ name: z.string(), newName: z.string(), newTag: z.string() })).default([]),
  patches: z.array(z.strictObject({ target, path: z.string().optional(), patch: z.string().optional() })).default([]),
});

type Kustomization = z.output<typeof kustomization>;

/**
 * What `kustomize build FOLDER` would make, as far as we use it: resources, components, a namespace, replicas, images, and
 * patches by JSON Patch.
 * @throws for a field that it does not know, a file that is not there, two objects of one name, a patch that meets nothing
 */
export function build(folder: string): Manifest[] {
  const { made, settings } = gathered(folder);
  const built = settings.components
    .map((component) => join(folder, component))
    .reduce((manifests, component) => withComponent(manifests, component), made);
  return transformed(unique(built), settings, folder);
}

function withComponent(manifests: readonly Manifest[], folder: string): Manifest[] {
  const { made, settings } = gathered(folder);
  if (settings.kind !== 'Component') throw new Error(`${folder} is no component`);
  return transformed([...manifests, ...made], settings, folder);
}

function gathered(folder: string): { made: Manifest[]; settings: Kustomization } {
  const file = join(folder, 'kustomization.yaml');
  const read = kustomization.safeParse(load(readFileSync(file, 'utf8')));
  if (!read.success) throw new Error(`${file}: ${z.prettifyError(read.error)}`);
  const made = read.data.resources.flatMap((resource) => {
    const place = join(folder, resource);
    if (!existsSync(place)) throw new Error(`${file} names ${resource}, which is not there`);
    return statSync(place).isDirectory() ? build(place) : (loadAll(readFileSync(place, 'utf8')) as Manifest[]);
  });
  return { made, settings: read.data };
}

function transformed(manifests: readonly Manifest[], settings: Kustomization, folder: string): Manifest[] {
  const { namespace, replicas, images, patches } = settings;
  let made = manifests.map((manifest) => inNamespace(manifest, namespace));
  for (const { target: wanted, path, patch } of patches) {
    const text = path === undefined ? patch : readFileSync(join(folder, path), 'utf8');
    const steps = z.array(patchStep).parse(load(text ?? ''));
    made = patchedWhere(made, wanted, steps, folder);
  }
  for (const { name, count } of replicas) {
    const steps: PatchStep[] = [{ op: 'add', path: '/spec/replicas', value: count }];
    made = patchedWhere(made, { kind: 'Deployment', name }, steps, folder);
  }
  return made.map((manifest) => withImages(manifest, images));
}

function patchedWhere(
  manifests: readonly Manifest[],
  wanted: z.output<typeof target>,
  steps: readonly PatchStep[],
  folder: string,
): Manifest[] {
  const [label = '', value = ''] = wanted.labelSelector?.split('=') ?? [];
  const labels: Labels = wanted.labelSelector === undefined ? {} : { [label]: value };
  const meets = ({ kind, metadata }: Manifest) =>
    (wanted.kind ?? kind) === kind &&
    (wanted.name ?? metadata.name) === metadata.name &&
    selects(labels, metadata.labels);
  if (!manifests.some(meets)) throw new Error(`${folder}: a patch meets nothing: ${JSON.stringify(wanted)}`);
  return manifests.map((manifest) => (meets(manifest) ? patched(manifest, steps) : manifest));
}

function inNamespace(manifest: Manifest, namespace: string | undefined): Manifest {
  if (namespace === undefined || manifest.kind === 'Namespace') return manifest;
  return { ...manifest, metadata: { ...manifest.metadata, namespace } };
}

function withImages(manifest: Manifest, images: Kustomization['images']): Manifest {
  const rename = (image: string) => {
    const found = images.find(({ name }) => image === name || image.startsWith(`${name}:`));
    return found ? `${found.newName}:${found.newTag}` : image;
  };
  const text = JSON.stringify(manifest, (key, value: unknown) =>
    key === 'image' && typeof value === 'string' ? rename(value) : value,
  );
  return JSON.parse(text) as Manifest;
}

function unique(manifests: readonly Manifest[]): readonly Manifest[] {
  const seen = new Set<string>();
  for (const manifest of manifests) {
    const key = `${manifest.apiVersion} ${nameOf(manifest)}`;
    if (seen.has(key)) throw new Error(`there are two of ${key}`);
    seen.add(key);
  }
  return manifests;
}
