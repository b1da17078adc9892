import { load } from 'js-yaml';
import { readFileSync } from 'node:fs';
import { processNames } from '@shop/system/ports';
import { changed, production, without } from './changed.js';
import { patched } from './json-patch.js';
import { build } from './kustomize.js';
import { type Manifest, nameOf } from './manifest.js';
import { unknownFields, wrongValues } from './schemas.js';
import { shopRules } from './shop-rules.js';

const OVERLAYS = ['deploy/kubernetes/overlays/small', 'deploy/kubernetes/overlays/production'];

describe.each(OVERLAYS)('%s', (folder) => {
  const manifests = build(folder);

  it('has values that Kubernetes and the operators take', async () => {
    expect(manifests.length).toBeGreaterThan(40);
    expect(await wrongValues(manifests)).toEqual([]);
  });

  it('has no field that its kind does not know', () => {
    expect(unknownFields(manifests)).toEqual([]);
  });

  it.each(Object.keys(shopRules))('keeps the rule: %s', (rule) => {
    expect(shopRules[rule]?.(manifests)).toEqual([]);
  });
});

it('is a part for every subgraph of the supergraph, and the gateway', () => {
  const { subgraphs } = load(readFileSync('supergraph.yaml', 'utf8')) as { subgraphs: object };
  expect([...Object.keys(subgraphs), 'gateway'].toSorted()).toEqual([...processNames].toSorted());
});

describe('a broken manifest is found out:', () => {
  const pod = '/spec/template/spec';
  const container = `${pod}/containers/0`;

  it.each<[string, Manifest[], string]>([
    [
      'a number where there is none',
      changed('Deployment/cart', { op: 'add', path: '/spec/replicas', value: 'two' }),
      'Deployment/cart: ',
    ],
    [
      'a value outside of what an operator takes',
      changed('Cluster/postgres', { op: 'replace', path: '/spec/instances', value: 0 }),
      'Cluster/postgres: ',
    ],
    [
      'a field that an operator does not know',
      changed('RabbitmqCluster/rabbitmq', { op: 'add', path: '/spec/replica', value: 3 }),
      'RabbitmqCluster/rabbitmq: ',
    ],
    [
      'an image of no version',
      changed('RedisSentinel/redis', { op: 'replace', path: '/spec/kubernetesConfig/image', value: 'redis:latest' }),
      'RedisSentinel/redis: ',
    ],
    [
      'a kind that there is not',
      [...production, { apiVersion: 'apps/v1', kind: 'Deploiment', metadata: { name: 'x' } }],
      'Deploiment/x: ',
    ],
  ])('%s', async (_what, manifests, complaint) => {
    expect(await wrongValues(manifests)).toEqual([expect.stringContaining(complaint)]);
  });

  it('fields that their kinds do not know, at any depth', () => {
    const misspelt = changed('Deployment/cart', { op: 'add', path: `${container}/readynessProbe`, value: {} })
      .map((one) =>
        nameOf(one) === 'ScaledObject/mailer'
          ? patched(one, [{ op: 'add', path: '/spec/minReplicas', value: 2 }])
          : one,
      )
      .map((one) =>
        nameOf(one) === 'ServiceMonitor/auth'
          ? patched(one, [{ op: 'add', path: '/spec/endpoints/0/honourLabels', value: true }])
          : one,
      );
    const complaints = unknownFields(misspelt);
    expect(complaints).toHaveLength(3);
    for (const [index, field] of ['readynessProbe', 'honourLabels', 'minReplicas'].entries())
      expect([index, complaints.some((one) => one.includes(field))]).toEqual([index, true]);
  });

  it.each<[keyof typeof shopRules, Manifest[], string]>([
    [
      'every service has all that belongs to it',
      without('PodDisruptionBudget/cart'),
      'cart: no PodDisruptionBudget means its pods',
    ],
    [
      'every service has all that belongs to it',
      without('ServiceMonitor/mailer'),
      'mailer: no ServiceMonitor means its Service',
    ],
    [
      'every service has all that belongs to it',
      without('NetworkPolicy/orders'),
      'orders: no NetworkPolicy means its pods',
    ],
    [
      'every service has all that belongs to it',
      changed('Service/auth', { op: 'replace', path: '/spec/selector', value: { app: 'auth' } }),
      'auth: no Service leads to its pods',
    ],
    [
      'ports are those of the contract',
      changed('Deployment/orders', { op: 'replace', path: `${container}/ports/0/containerPort`, value: 8084 }),
      'orders: its container has other ports',
    ],
    [
      'ports are those of the contract',
      changed('NetworkPolicy/logger', { op: 'replace', path: '/spec/ingress/0/ports/0/port', value: 8080 }),
      'logger: it opens another port',
    ],
    [
      'addresses are those of the Services',
      changed('ConfigMap/shop', { op: 'replace', path: '/data/CART_URL', value: 'http://cart:8083' }),
      'cart: its address is http://cart:8083',
    ],
    [
      'nobody runs as more than it needs',
      changed('Deployment/payments', { op: 'remove', path: `${container}/securityContext/readOnlyRootFilesystem` }),
      'payments: it may write to its files',
    ],
    [
      'nobody runs as more than it needs',
      changed('Deployment/payments', { op: 'replace', path: `${pod}/securityContext/runAsNonRoot`, value: false }),
      'payments: it may run as root',
    ],
    [
      'images are of one version, and of a registry that is named or none',
      changed('Deployment/auth', { op: 'replace', path: `${container}/image`, value: 'shop/auth:0.1.0' }),
      'auth: shop/auth:0.1.0 is of no registry',
    ],
    [
      'images are of one version, and of a registry that is named or none',
      changed('Deployment/auth', { op: 'replace', path: `${container}/image`, value: 'registry.example/shop/auth' }),
      'auth: registry.example/shop/auth is of no version',
    ],
    [
      'images are of one version, and of a registry that is named or none',
      changed('Deployment/auth', { op: 'replace', path: `${container}/image`, value: 'localhost/shop/auth:0.1.0' }),
      'auth: localhost/shop/auth:0.1.0 would be asked for',
    ],
    [
      'health is asked for where it is told',
      changed('Deployment/auth', { op: 'replace', path: `${container}/readinessProbe/httpGet/path`, value: '/ready' }),
      'auth: its readinessProbe is another than {"path":"/readyz","port":"http"}',
    ],
    [
      'resources are asked for, and memory has an end',
      changed('Deployment/auth', { op: 'remove', path: `${container}/resources/limits/memory` }),
      'auth: its memory has no end',
    ],
    [
      'a pod may take as long to stop as its process does',
      changed('Deployment/gateway', { op: 'replace', path: `${pod}/terminationGracePeriodSeconds`, value: 30 }),
      'gateway: it may take 30 s to stop, and needs 38',
    ],
    [
      'settings are known, and good in production',
      changed('Deployment/cart', { op: 'add', path: `${container}/env/-`, value: { name: 'CART_LIMIT', value: '7' } }),
      'cart: nobody reads CART_LIMIT',
    ],
    [
      'settings are known, and good in production',
      changed('Deployment/orders', {
        op: 'replace',
        path: `${container}/env`,
        value: [{ name: 'PORT', value: '8083' }],
      }),
      'orders: DATABASE_URL: Invalid input: expected string, received undefined',
    ],
    [
      'common settings are known',
      changed('ConfigMap/shop', { op: 'add', path: '/data/LOG_LEVL', value: 'info' }),
      'nobody reads LOG_LEVL',
    ],
    [
      'secrets are named, never told',
      changed('ConfigMap/shop', { op: 'add', path: '/data/INGEST_TOKEN', value: 'x' }),
      'INGEST_TOKEN is told to all',
    ],
    [
      'secrets are named, never told',
      changed('Deployment/mailer', {
        op: 'add',
        path: `${container}/env/-`,
        value: { name: 'SMTP_URL', value: 'smtp://x' },
      }),
      'mailer: SMTP_URL is told in a file',
    ],
    [
      'secrets that are named are made',
      changed('RedisReplication/redis', {
        op: 'replace',
        path: '/spec/kubernetesConfig/redisSecret',
        value: { name: 'redis', key: 'pass' },
      }),
      'nobody makes pass of redis',
    ],
    [
      'only those talk to each other who have something to say',
      changed('NetworkPolicy/cart', { op: 'remove', path: '/spec/ingress/0/from/1' }),
      'cart refuses orders',
    ],
    [
      'only those talk to each other who have something to say',
      changed('NetworkPolicy/payments', {
        op: 'add',
        path: '/spec/ingress/0/from/-',
        value: { podSelector: { matchLabels: { 'app.kubernetes.io/name': 'cart' } } },
      }),
      'payments lets in cart',
    ],
    [
      'only those talk to each other who have something to say',
      changed('NetworkPolicy/mailer', {
        op: 'add',
        path: '/spec/egress/-',
        value: {
          to: [{ podSelector: { matchLabels: { 'app.kubernetes.io/name': 'orders' } } }],
          ports: [{ port: 8083 }],
        },
      }),
      'mailer may reach orders',
    ],
    [
      'the database has connections for as many processes as there may be',
      changed('ScaledObject/orders', { op: 'replace', path: '/spec/maxReplicaCount', value: 40 }),
      'there are 600 connections, and may be asked for 938',
    ],
    [
      'what is not allowed is refused',
      changed('NetworkPolicy/nothing-by-default', { op: 'replace', path: '/spec/policyTypes', value: ['Ingress'] }),
      'cart: all is allowed',
    ],
    [
      'who scales has something to scale, by queues of its own',
      changed('ScaledObject/mailer', { op: 'replace', path: '/spec/scaleTargetRef/name', value: 'mail' }),
      'there is no mail to scale',
    ],
    [
      'who scales has something to scale, by queues of its own',
      changed('ScaledObject/payments', {
        op: 'replace',
        path: '/spec/triggers/0/metadata/queueName',
        value: 'payments:order.paid',
      }),
      'payments scales by payments:order.paid, payments:order.cancelled',
    ],
  ])('%s', (rule, manifests, complaint) => {
    expect(shopRules[rule]?.(manifests)).toContain(complaint);
  });
});

describe('kustomizations', () => {
  it.each(['unknown-field', 'absent-resource', 'patch-of-nothing', 'two-of-one-name'])(
    'that can not be built are an error: %s',
    (folder) => {
      expect(() => build(`tests/kubernetes/broken/${folder}`)).toThrow(expected[folder]);
    },
  );
  const expected: Readonly<Record<string, RegExp>> = {
    'unknown-field': /commonLabel/,
    'absent-resource': /nowhere\.yaml, which is not there/,
    'patch-of-nothing': /a patch meets nothing/,
    'two-of-one-name': /there are two of v1 Service\/one/,
  };
});
