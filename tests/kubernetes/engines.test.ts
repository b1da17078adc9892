import { changed, production, without } from './changed.js';
import { engineRules } from './engine-rules.js';
import { build } from './kustomize.js';
import type { Manifest } from './manifest.js';
import { wrongValues } from './schemas.js';

describe.each(['small', 'production'])('overlays/%s', (overlay) => {
  const manifests = build(`deploy/kubernetes/overlays/${overlay}`);

  it.each(Object.keys(engineRules))('keeps the rule: %s', (rule) => {
    expect(engineRules[rule]?.(manifests)).toEqual([]);
  });
});

it('sentinels are where there are several Redis', () => {
  const small = build('deploy/kubernetes/overlays/small');
  expect(small.map(({ kind }) => kind)).not.toContain('RedisSentinel');
  expect(production.map(({ kind }) => kind)).toContain('RedisSentinel');
});

describe('a broken manifest is found out:', () => {
  const rabbitPods = '/spec/override/statefulSet/spec/template/spec';
  const config = (text: string) =>
    changed('RabbitmqCluster/rabbitmq', { op: 'replace', path: '/spec/rabbitmq/additionalConfig', value: text });

  it.each<[string, string]>([
    ['a tag that there is not', 'ghcr.io/cloudnative-pg/postgresql:18.1'],
    ['a tag that moves', 'ghcr.io/cloudnative-pg/postgresql:18-standard-trixie'],
  ])('PostgreSQL of %s', async (_what, image) => {
    const manifests = changed('Cluster/postgres', { op: 'replace', path: '/spec/imageName', value: image });
    expect(await wrongValues(manifests)).toEqual([expect.stringContaining('Cluster/postgres: ')]);
  });

  it.each<[keyof typeof engineRules, Manifest[], string]>([
    [
      'what operators start is what its namespace allows',
      changed('RabbitmqCluster/rabbitmq', { op: 'remove', path: '/spec/override' }),
      'RabbitmqCluster/rabbitmq: its pods may run as root',
    ],
    [
      'what operators start is what its namespace allows',
      changed('RabbitmqCluster/rabbitmq', { op: 'remove', path: `${rabbitPods}/initContainers/0/securityContext` }),
      'RabbitmqCluster/rabbitmq: it may gain privileges',
    ],
    [
      'what operators start is what its namespace allows',
      changed('RedisReplication/redis', { op: 'remove', path: '/spec/podSecurityContext/seccompProfile' }),
      'RedisReplication/redis: its pods have no seccomp profile',
    ],
    [
      'what operators start is what its namespace allows',
      changed('RedisSentinel/redis', { op: 'replace', path: '/spec/securityContext/capabilities/drop', value: [] }),
      'RedisSentinel/redis: it keeps capabilities',
    ],
    [
      'what operators start lets in those alone who are listed',
      without('NetworkPolicy/redis-sentinel'),
      'RedisSentinel/redis: no NetworkPolicy means its pods',
    ],
    [
      'each service is let into its own database alone',
      changed('Cluster/postgres', { op: 'remove', path: '/spec/postgresql/pg_hba/1' }),
      'Cluster/postgres: a user may reach the database of another',
    ],
    [
      'each service is let into its own database alone',
      changed('Database/cart', { op: 'replace', path: '/spec/owner', value: 'orders' }),
      'Database/cart: orders is not let into cart',
    ],
    [
      'RabbitMQ refuses publications long before its volume is full',
      changed('RabbitmqCluster/rabbitmq', { op: 'replace', path: '/spec/persistence/storage', value: '2Gi' }),
      'RabbitmqCluster/rabbitmq: as much as it wants free is more than a third of its volume',
    ],
    [
      'RabbitMQ has memory for the log of its quorum queues',
      config('vm_memory_high_watermark.relative = 0.6'),
      'RabbitmqCluster/rabbitmq: three times its log does not fit below its watermark',
    ],
    [
      'Redis forgets before its memory ends',
      changed('RedisReplication/redis', { op: 'remove', path: '/spec/redisConfig' }),
      'RedisReplication/redis: its data may take more than half its memory',
    ],
    [
      'Redis forgets before its memory ends',
      changed('ConfigMap/redis-limits', {
        op: 'replace',
        path: '/data/redis-additional.conf',
        value: 'maxmemory 256mb\n',
      }),
      'RedisReplication/redis: it forgets nothing',
    ],
    [
      'sentinels watch over more than one Redis',
      changed('RedisReplication/redis', { op: 'replace', path: '/spec/clusterSize', value: 1 }),
      'RedisSentinel/redis: nobody could take over',
    ],
    [
      'services reach the Redis that is written to',
      changed('ConfigMap/shop', { op: 'replace', path: '/data/REDIS_HOST', value: 'redis' }),
      'RedisReplication/redis: services ask redis, and should ask redis-master',
    ],
  ])('%s', (rule, manifests, complaint) => {
    expect(engineRules[rule]?.(manifests)).toContain(complaint);
  });
});
