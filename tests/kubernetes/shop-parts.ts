import { z } from 'zod';
import { type Labels, type Manifest, selects } from './manifest.js';

const labels = z.record(z.string(), z.string());
const secretKeyRef = z.object({ name: z.string(), key: z.string() });
const variable = z.object({
  name: z.string(),
  value: z.string().optional(),
  valueFrom: z.object({ secretKeyRef }).optional(),
});
const probe = z.object({ httpGet: z.object({ path: z.string(), port: z.string() }) }).optional();
const container = z.object({
  image: z.string(),
  imagePullPolicy: z.string().optional(),
  ports: z.array(z.object({ name: z.string(), containerPort: z.int() })),
  env: z.array(variable),
  resources: z.object({ requests: labels, limits: labels }).optional(),
  securityContext: z.record(z.string(), z.unknown()).optional(),
  startupProbe: probe,
  livenessProbe: probe,
  readinessProbe: probe,
  lifecycle: z.object({ preStop: z.object({ sleep: z.object({ seconds: z.int() }) }) }).optional(),
});
const deployment = z.object({
  spec: z.object({
    selector: z.object({ matchLabels: labels }),
    template: z.object({
      metadata: z.object({ labels }),
      spec: z.object({
        automountServiceAccountToken: z.boolean().optional(),
        terminationGracePeriodSeconds: z.int().optional(),
        securityContext: z.record(z.string(), z.unknown()).optional(),
        containers: z.tuple([container]),
      }),
    }),
  }),
});
export type Container = z.output<typeof container>;

const service = z.object({
  spec: z.object({ selector: labels, ports: z.array(z.object({ name: z.string(), port: z.int() })) }),
});
const selecting = z.object({ spec: z.object({ selector: z.object({ matchLabels: labels }) }) });
const peer = z.object({
  podSelector: z.object({ matchLabels: labels }).optional(),
  namespaceSelector: z.object({ matchLabels: labels }).optional(),
  ipBlock: z.unknown().optional(),
});
const rulePorts = z.array(z.object({ port: z.int() }));
const policy = z.object({
  spec: z.object({
    podSelector: z.object({ matchLabels: labels }),
    policyTypes: z.array(z.string()),
    ingress: z.array(z.object({ from: z.array(peer), ports: rulePorts })),
    egress: z.array(z.object({ to: z.array(peer), ports: rulePorts })),
  }),
});
export type Policy = z.output<typeof policy>['spec'];

/** Everything that belongs to one service of the shop. What is not there is undefined. */
export interface Part {
  readonly pod: z.output<typeof deployment>['spec']['template']['spec'] | undefined;
  readonly podLabels: Labels | undefined;
  readonly container: Container | undefined;
  readonly service: z.output<typeof service>['spec'] | undefined;
  readonly policy: Policy | undefined;
  /** Whether it has one, and it means these very pods. */
  readonly disruptionBudget: boolean;
  readonly monitor: boolean;
}

/** The part of that name. @throws where an object has not the shape that all of ours have */
export function partOf(manifests: readonly Manifest[], name: string): Part {
  const find = (kind: string) => manifests.find((one) => one.kind === kind && one.metadata.name === name);
  const parsed = <Shape extends z.ZodType>(kind: string, shape: Shape): z.output<Shape> | undefined => {
    const found = find(kind);
    return found && shape.parse(found);
  };
  const spec = parsed('Deployment', deployment)?.spec;
  const podLabels = spec?.template.metadata.labels;
  const meansPods = (kind: string) => {
    const matched = parsed(kind, selecting)?.spec.selector.matchLabels;
    return matched !== undefined && selects(matched, podLabels);
  };
  return {
    pod: spec?.template.spec,
    podLabels,
    container: spec?.template.spec.containers[0],
    service: parsed('Service', service)?.spec,
    policy: parsed('NetworkPolicy', policy)?.spec,
    disruptionBudget: meansPods('PodDisruptionBudget'),
    monitor: meansPods('ServiceMonitor'),
  };
}

/** What the container is told, by envFrom and env, with `$(NAME)` put in as Kubernetes does; of secrets, what `secretValue` says. */
export function environmentOf(
  { env }: Container,
  common: Readonly<Record<string, string>>,
  secretValue: (name: string, key: string) => string,
): Record<string, string> {
  const told: Record<string, string> = { ...common };
  for (const { name, value, valueFrom } of env) {
    const given = valueFrom ? secretValue(valueFrom.secretKeyRef.name, valueFrom.secretKeyRef.key) : (value ?? '');
    told[name] = given.replaceAll(/\$\(([A-Z_]+)\)/g, (all, other: string) => told[other] ?? all);
  }
  return told;
}
