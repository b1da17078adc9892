import { z } from 'zod';

/**
 * Those fields of other operators' objects that we use, by the operators' own references (CloudNativePG "API Reference",
 * RabbitMQ Cluster Operator "API reference", OT-CONTAINER-KIT/redis-operator's definitions of v1beta2). They have no package
 * of schemas, so a field that is not here has to be looked up there first.
 */
const metadata = z.strictObject({ name: z.string(), namespace: z.string().optional() });
const quantity = z.string().regex(/^\d+(\.\d+)?(m|k|M|G|T|Ki|Mi|Gi|Ti)?$/);
const resources = z.strictObject({
  requests: z.strictObject({ cpu: quantity, memory: quantity }),
  limits: z.strictObject({ memory: quantity }),
});
const image = z.string().regex(/^[^:]+:(?!latest$).+$/, 'an image of a version');
const named = z.strictObject({ name: z.string() });
const secretKey = z.strictObject({ name: z.string(), key: z.string() });
/** Those of PostgreSQL 18 have no tag without the set of what is in them, and the Debian below. */
const postgresImage = z
  .string()
  .regex(
    /^ghcr\.io\/cloudnative-pg\/postgresql:\d+\.\d+-(minimal|standard)-trixie$/,
    'an image of CloudNativePG, with what is in it and the Debian below',
  );
const containerSecurity = z.strictObject({
  allowPrivilegeEscalation: z.boolean(),
  capabilities: z.strictObject({ drop: z.array(z.string()) }),
});
const seccompProfile = z.strictObject({ type: z.enum(['RuntimeDefault', 'Localhost', 'Unconfined']) });
const securedContainer = z.strictObject({ name: z.string(), securityContext: containerSecurity });
const redisPods = {
  clusterSize: z.int().min(1),
  kubernetesConfig: z.strictObject({
    image,
    imagePullPolicy: z.enum(['IfNotPresent', 'Always', 'Never']),
    redisSecret: secretKey,
    resources,
  }),
  podSecurityContext: z.strictObject({
    runAsUser: z.int().min(1),
    fsGroup: z.int(),
    runAsNonRoot: z.boolean(),
    seccompProfile,
  }),
  securityContext: containerSecurity,
  initContainer: z.strictObject({ enabled: z.boolean(), image, securityContext: containerSecurity }),
};
const object = <Version extends string, Kind extends string, Spec extends z.ZodRawShape>(
  apiVersion: Version,
  kind: Kind,
  spec: Spec,
) => z.strictObject({ apiVersion: z.literal(apiVersion), kind: z.literal(kind), metadata, spec: z.strictObject(spec) });

export const operatorSchemas: readonly z.ZodType[] = [
  object('postgresql.cnpg.io/v1', 'Cluster', {
    instances: z.int().min(1),
    imageName: postgresImage,
    postgresql: z.strictObject({
      synchronous: z.strictObject({ method: z.enum(['any', 'first']), number: z.int().min(1) }).optional(),
      parameters: z.record(z.string(), z.string()),
      pg_hba: z.array(z.string()),
    }),
    resources,
    storage: z.strictObject({ size: quantity }),
    monitoring: z.strictObject({ enablePodMonitor: z.boolean() }),
    managed: z.strictObject({
      roles: z.array(
        z.strictObject({
          name: z.string(),
          ensure: z.enum(['present', 'absent']),
          login: z.boolean(),
          passwordSecret: named,
        }),
      ),
    }),
  }),
  object('postgresql.cnpg.io/v1', 'Database', {
    name: z.string(),
    owner: z.string(),
    cluster: named,
    databaseReclaimPolicy: z.enum(['retain', 'delete']),
  }),
  object('rabbitmq.com/v1beta1', 'RabbitmqCluster', {
    replicas: z.int().min(1),
    image,
    resources,
    persistence: z.strictObject({ storage: quantity }),
    rabbitmq: z.strictObject({ additionalConfig: z.string() }),
    override: z.strictObject({
      statefulSet: z.strictObject({
        spec: z.strictObject({
          template: z.strictObject({
            spec: z.strictObject({
              securityContext: z.strictObject({ runAsNonRoot: z.boolean(), seccompProfile }),
              // Merged with the operator's own by their names, which its code says.
              initContainers: z.array(securedContainer.extend({ name: z.literal('setup-container') })),
              containers: z.array(securedContainer.extend({ name: z.literal('rabbitmq') })),
            }),
          }),
        }),
      }),
    }),
  }),
  object('redis.redis.opstreelabs.in/v1beta2', 'RedisReplication', {
    ...redisPods,
    redisConfig: z.strictObject({ additionalRedisConfig: z.string() }),
  }),
  object('redis.redis.opstreelabs.in/v1beta2', 'RedisSentinel', {
    ...redisPods,
    redisSentinelConfig: z.strictObject({
      redisReplicationName: z.string(),
      redisReplicationPassword: z.strictObject({ secretKeyRef: secretKey }),
    }),
  }),
];
