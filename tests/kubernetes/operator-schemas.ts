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
const redisPods = {
  clusterSize: z.int().min(1),
  kubernetesConfig: z.strictObject({
    image,
    imagePullPolicy: z.enum(['IfNotPresent', 'Always', 'Never']),
    redisSecret: secretKey,
    resources,
  }),
  podSecurityContext: z.strictObject({ runAsUser: z.int().min(1), fsGroup: z.int() }),
};
const object = <Version extends string, Kind extends string, Spec extends z.ZodRawShape>(
  apiVersion: Version,
  kind: Kind,
  spec: Spec,
) => z.strictObject({ apiVersion: z.literal(apiVersion), kind: z.literal(kind), metadata, spec: z.strictObject(spec) });

export const operatorSchemas: readonly z.ZodType[] = [
  object('postgresql.cnpg.io/v1', 'Cluster', {
    instances: z.int().min(1),
    imageName: image,
    postgresql: z.strictObject({
      synchronous: z.strictObject({ method: z.enum(['any', 'first']), number: z.int().min(1) }).optional(),
      parameters: z.record(z.string(), z.string()),
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
  }),
  object('redis.redis.opstreelabs.in/v1beta2', 'RedisReplication', redisPods),
  object('redis.redis.opstreelabs.in/v1beta2', 'RedisSentinel', {
    ...redisPods,
    redisSentinelConfig: z.strictObject({
      redisReplicationName: z.string(),
      redisReplicationPassword: z.strictObject({ secretKeyRef: secretKey }),
    }),
  }),
];
