import { z } from 'zod';
import { type Labels, type Manifest, nameOf, type Rule, selects } from './manifest.js';

/** Rules of ours for what operators make of their objects: PostgreSQL, RabbitMQ and Redis. */
export const engineRules: Readonly<Record<string, Rule>> = {
  // CloudNativePG's pods are so by themselves.
  'what operators start is what its namespace allows': (manifests) => {
    const restricted = new Set(manifests.filter(isRestricted).map(({ metadata }) => metadata.name));
    return manifests.flatMap((one) => {
      if (!Object.hasOwn(partsOfPods, one.kind) || !restricted.has(one.metadata.namespace ?? '')) return [];
      const { pod, containers } = partsOfPods[one.kind as keyof typeof partsOfPods](one);
      return complaints(one, [
        pod.runAsNonRoot !== true && 'its pods may run as root',
        pod.seccompProfile?.type !== 'RuntimeDefault' && 'its pods have no seccomp profile',
        containers.some((container) => container?.allowPrivilegeEscalation !== false) && 'it may gain privileges',
        containers.some((container) => container?.capabilities?.drop.includes('ALL') !== true) &&
          'it keeps capabilities',
      ]);
    });
  },

  'what operators start lets in those alone who are listed': (manifests) =>
    manifests.flatMap((one) => {
      const labels = labelsOfPods[one.kind]?.(one.metadata.name);
      const means = (policy: Manifest) =>
        labels !== undefined && selects(selecting.parse(policy['spec']).podSelector.matchLabels, labels);
      const held = manifests.some((policy) => policy.kind === 'NetworkPolicy' && means(policy));
      return complaints(one, [labels !== undefined && !held && 'no NetworkPolicy means its pods']);
    }),

  'each service is let into its own database alone': (manifests) => [
    ...of(manifests, 'Cluster', cluster).flatMap(([one, { postgresql }]) =>
      complaints(one, [
        (postgresql.pg_hba[0] !== 'host sameuser all all scram-sha-256' ||
          postgresql.pg_hba.at(-1) !== 'host all all all reject') &&
          'a user may reach the database of another',
      ]),
    ),
    ...of(manifests, 'Database', database).flatMap(([one, { name, owner }]) =>
      complaints(one, [name !== owner && `${owner} is not let into ${name}`]),
    ),
  ],

  'RabbitMQ refuses publications long before its volume is full': (manifests) =>
    of(manifests, 'RabbitmqCluster', broker).flatMap(([one, { persistence, rabbitmq }]) => {
      const free = bytesIn(settingOf(rabbitmq, 'disk_free_limit.absolute') ?? '50MB');
      return complaints(one, [
        free * 3 > bytesIn(persistence.storage) && 'as much as it wants free is more than a third of its volume',
      ]);
    }),

  'RabbitMQ has memory for the log of its quorum queues': (manifests) =>
    of(manifests, 'RabbitmqCluster', broker).flatMap(([one, { resources, rabbitmq }]) => {
      const log = Number(settingOf(rabbitmq, 'raft.wal_max_size_bytes') ?? 512 * 2 ** 20);
      const share = Number(settingOf(rabbitmq, 'vm_memory_high_watermark.relative') ?? 0.6);
      // What RabbitMQ's documentation asks for.
      return complaints(one, [
        log * 3 > bytesIn(resources.limits.memory) * share && 'three times its log does not fit below its watermark',
      ]);
    }),

  'Redis forgets before its memory ends': (manifests) =>
    of(manifests, 'RedisReplication', redis).flatMap(([one, { kubernetesConfig, redisConfig }]) => {
      const name = redisConfig.additionalRedisConfig;
      const map = manifests.find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === name);
      const text = additional.safeParse(map).data?.data['redis-additional.conf'] ?? '';
      const most = bytesIn(/^maxmemory (\S+)$/m.exec(text)?.[1] ?? '');
      return complaints(one, [
        !(most * 2 <= bytesIn(kubernetesConfig.resources.limits.memory)) &&
          'its data may take more than half its memory',
        !/^maxmemory-policy allkeys-lru$/m.test(text) && 'it forgets nothing',
      ]);
    }),

  'sentinels watch over more than one Redis': (manifests) =>
    of(manifests, 'RedisSentinel', sentinels).flatMap(([one, { redisSentinelConfig }]) => {
      const name = redisSentinelConfig.redisReplicationName;
      const watched = manifests.find(({ kind, metadata }) => kind === 'RedisReplication' && metadata.name === name);
      const { clusterSize } = sized.parse(watched?.['spec'] ?? { clusterSize: 0 });
      return complaints(one, [clusterSize < 2 && 'nobody could take over']);
    }),

  // The operator leads NAME-master to nobody, where no other follows.
  'services reach the Redis that is written to': (manifests) => {
    const settings = manifests.find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === 'shop');
    const host = addressed.safeParse(settings).data?.data.REDIS_HOST;
    return of(manifests, 'RedisReplication', sized).flatMap(([one, { clusterSize }]) => {
      const right = clusterSize > 1 ? `${one.metadata.name}-master` : one.metadata.name;
      return complaints(one, [host !== right && `services ask ${host}, and should ask ${right}`]);
    });
  },
};

const podSecurity = z.object({
  runAsNonRoot: z.boolean().optional(),
  seccompProfile: z.object({ type: z.string() }).optional(),
});
const containerSecurity = z
  .object({
    allowPrivilegeEscalation: z.boolean().optional(),
    capabilities: z.object({ drop: z.array(z.string()) }).optional(),
  })
  .optional();
const secured = z.object({ securityContext: containerSecurity });
const rabbitPods = z.object({
  securityContext: podSecurity,
  initContainers: z.tuple([secured]),
  containers: z.tuple([secured]),
});
const overridden = z.object({
  override: z.object({ statefulSet: z.object({ spec: z.object({ template: z.object({ spec: rabbitPods }) }) }) }),
});
const redisPods = z.object({
  podSecurityContext: podSecurity.default({}),
  securityContext: containerSecurity,
  initContainer: secured.default({ securityContext: {} }),
});

interface Pods {
  readonly pod: z.output<typeof podSecurity>;
  readonly containers: readonly z.output<typeof containerSecurity>[];
}

/** What is said of the pods that an operator makes of an object. */
const partsOfPods = {
  RabbitmqCluster: (one: Manifest): Pods => {
    const said = overridden.safeParse(one['spec']).data?.override.statefulSet.spec.template.spec;
    if (!said) return { pod: {}, containers: [undefined] };
    const containers = [...said.initContainers, ...said.containers];
    return { pod: said.securityContext, containers: containers.map(({ securityContext }) => securityContext) };
  },
  RedisReplication: redisPodsOf,
  RedisSentinel: redisPodsOf,
};

function redisPodsOf(one: Manifest): Pods {
  const { podSecurityContext, securityContext, initContainer } = redisPods.parse(one['spec']);
  return { pod: podSecurityContext, containers: [securityContext, initContainer.securityContext] };
}

/** What each operator labels its pods with. */
const labelsOfPods: Readonly<Record<string, (name: string) => Labels>> = {
  Cluster: (name) => ({ 'cnpg.io/cluster': name }),
  RabbitmqCluster: (name) => ({ 'app.kubernetes.io/name': name }),
  RedisReplication: (name) => ({ app: name }),
  RedisSentinel: (name) => ({ app: `${name}-sentinel` }),
};
const selecting = z.object({ podSelector: z.object({ matchLabels: z.record(z.string(), z.string()) }) });

const cluster = z.object({ postgresql: z.object({ pg_hba: z.array(z.string()).default([]) }) });
const database = z.object({ name: z.string(), owner: z.string() });
const limited = z.object({ limits: z.object({ memory: z.string() }) });
const broker = z.object({
  persistence: z.object({ storage: z.string() }),
  resources: limited,
  rabbitmq: z.object({ additionalConfig: z.string() }),
});
const redis = z.object({
  kubernetesConfig: z.object({ resources: limited }),
  redisConfig: z.object({ additionalRedisConfig: z.string() }).default({ additionalRedisConfig: '' }),
});
const additional = z.object({ data: z.record(z.string(), z.string()) });
const sentinels = z.object({ redisSentinelConfig: z.object({ redisReplicationName: z.string() }) });
const sized = z.object({ clusterSize: z.int() });
const addressed = z.object({ data: z.object({ REDIS_HOST: z.string() }) });

function isRestricted({ kind, metadata }: Manifest): boolean {
  return kind === 'Namespace' && metadata.labels?.['pod-security.kubernetes.io/enforce'] === 'restricted';
}

/** Every object of a kind, with what is read of its spec. */
function of<Shape extends z.ZodType>(
  manifests: readonly Manifest[],
  kind: string,
  shape: Shape,
): [Manifest, z.output<Shape>][] {
  return manifests.filter((one) => one.kind === kind).map((one) => [one, shape.parse(one['spec'])]);
}

/** A line of rabbitmq.conf. */
function settingOf({ additionalConfig }: { additionalConfig: string }, name: string): string | undefined {
  const lines = additionalConfig.split('\n').map((line) => line.split('=').map((part) => part.trim()));
  return lines.find(([key]) => key === name)?.[1];
}

/** `10Gi` as Kubernetes writes it, `2GB` as RabbitMQ does, `256mb` as Redis does, whose kilo is 1024. */
function bytesIn(text: string): number {
  const [, number = '', unit = ''] = /^(\d+)([a-zA-Z]*)$/.exec(text) ?? [];
  const power = ['', 'k', 'm', 'g', 't'].indexOf(unit.charAt(0).toLowerCase());
  const kilo = /^.B$/.test(unit) ? 1000 : 1024;
  return number === '' || power < 0 ? Number.NaN : Number(number) * kilo ** power;
}

function complaints(one: Manifest, wrong: readonly (string | false)[]): string[] {
  return wrong.flatMap((each) => (each === false ? [] : [`${nameOf(one)}: ${each}`]));
}
