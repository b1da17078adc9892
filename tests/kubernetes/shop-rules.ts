import { gatewayPort, loggerGrpcPort, type ServiceName, serviceNames, servicePorts } from '@shop/shared/backing/roster';
import { queues } from '@shop/shared/messaging/topology';
import { secretKeys } from '@shop/system/cluster-secrets';
import { type ProcessName, processNames } from '@shop/system/ports';
import { z } from 'zod';
import { type Manifest, nameOf, type Rule, selects } from './manifest.js';
import { readConfigOf } from './service-configs.js';
import { environmentOf, type Part, partOf } from './shop-parts.js';
import { knownSettings, ownSettings, settingsOf } from '../support/known-settings.js';

const portOf = (name: ProcessName) => (name === 'gateway' ? gatewayPort : servicePorts[name]);
const each = (check: (name: ProcessName, part: Part, manifests: readonly Manifest[]) => (string | false)[]): Rule => {
  return (manifests) =>
    processNames.flatMap((name) =>
      check(name, partOf(manifests, name), manifests).flatMap((wrong) =>
        wrong === false ? [] : [`${name}: ${wrong}`],
      ),
    );
};

/** So much longer than all of it takes may a pod have to stop. */
const MARGIN_S = 3;
/** Its registry (or a user of Docker Hub), and its tag or digest. */
const IMAGE = /^([^/]+)\/[^:@]+(:[^@]+|@sha256:.+)?$/;
const SECRET = /SECRET|PASSWORD|TOKEN|_KEY$|SMTP_URL/;
/** What operators make by themselves. */
const MADE_BY_OPERATORS: Readonly<Record<string, readonly string[]>> = {
  'rabbitmq-default-user': ['username', 'password'],
};

/** Connections of a process beside its pool: one for each relay, and what the logger writes by. */
const BESIDE_THE_POOL: Readonly<Partial<Record<ServiceName, number>>> = {
  orders: 2,
  products: 2,
  payments: 1,
  logger: 1,
};
/** For superusers, replication and the operator. */
const KEPT_BY_THE_SERVER = 20;

export const shopRules: Readonly<Record<string, Rule>> = {
  'every service has all that belongs to it': each((_name, { pod, service, policy, ...part }) => [
    !pod && 'there is no Deployment',
    (!service || !selects(service.selector, part.podLabels)) && 'no Service leads to its pods',
    (!policy || !selects(policy.podSelector.matchLabels, part.podLabels)) && 'no NetworkPolicy means its pods',
    !part.disruptionBudget && 'no PodDisruptionBudget means its pods',
    !part.monitor && 'no ServiceMonitor means its Service',
  ]),

  'ports are those of the contract': each((name, { container, service, policy }) => {
    const port = portOf(name);
    const ports = { http: port, ...(name === 'logger' && { grpc: loggerGrpcPort }) };
    const named = (list: readonly { name: string; port: number }[] = []) =>
      JSON.stringify(Object.fromEntries(list.map((one) => [one.name, one.port])));
    const env = (variable: string) => container?.env.find((one) => one.name === variable)?.value;
    return [
      env('PORT') !== String(port) && `its PORT is not ${port}`,
      name === 'logger' && env('GRPC_PORT') !== String(loggerGrpcPort) && `its GRPC_PORT is not ${loggerGrpcPort}`,
      named(container?.ports.map((one) => ({ name: one.name, port: one.containerPort }))) !== JSON.stringify(ports) &&
        'its container has other ports',
      named(service?.ports) !== JSON.stringify(ports) && 'its Service has other ports',
      policy?.ingress.some((rule) => rule.ports.some((one) => one.port !== port)) === true && 'it opens another port',
    ];
  }),

  'addresses are those of the Services': (manifests) =>
    serviceNames.flatMap((name) => {
      const url = settings(manifests)[`${name.toUpperCase()}_URL`];
      return url === `http://${name}:${portOf(name)}` ? [] : [`${name}: its address is ${url}`];
    }),

  'nobody runs as more than it needs': each((_name, { pod, container }) => [
    pod?.automountServiceAccountToken !== false && 'it gets a token of the cluster',
    pod?.securityContext?.['runAsNonRoot'] !== true && 'it may run as root',
    json(pod?.securityContext?.['seccompProfile']) !== json({ type: 'RuntimeDefault' }) && 'it has no seccomp profile',
    container?.securityContext?.['readOnlyRootFilesystem'] !== true && 'it may write to its files',
    container?.securityContext?.['allowPrivilegeEscalation'] !== false && 'it may gain privileges',
    json(container?.securityContext?.['capabilities']) !== json({ drop: ['ALL'] }) && 'it keeps capabilities',
  ]),

  'images are of one version, and of a registry that is named or none': each((_name, { container }) => {
    const [, registry = '', version = ''] = IMAGE.exec(container?.image ?? '') ?? [];
    return [
      (version === '' || version === ':latest') && `${container?.image} is of no version`,
      // Without a registry, Docker Hub is asked for somebody else's.
      !/[.:]|^localhost$/.test(registry) && `${container?.image} is of no registry`,
      registry === 'localhost' && container?.imagePullPolicy !== 'Never' && `${container?.image} would be asked for`,
    ];
  }),

  'health is asked for where it is told': each((_name, { container }) => [
    ...(['startupProbe', 'livenessProbe', 'readinessProbe'] as const).map((which) => {
      const wanted = { path: which === 'readinessProbe' ? '/readyz' : '/healthz', port: 'http' };
      return json(container?.[which]?.httpGet) !== json(wanted) && `its ${which} is another than ${json(wanted)}`;
    }),
  ]),

  'resources are asked for, and memory has an end': each((_name, { container }) => [
    !(container?.resources?.requests['cpu'] && container.resources.requests['memory']) && 'it asks for nothing',
    !container?.resources?.limits['memory'] && 'its memory has no end',
  ]),

  'a pod may take as long to stop as its process does': each((name, { pod, container }, manifests) => {
    const told = container && environmentOf(container, settings(manifests), () => '');
    const takes = (container?.lifecycle?.preStop.sleep.seconds ?? 0) + Number(told?.['SHUTDOWN_S']) + MARGIN_S;
    const may = pod?.terminationGracePeriodSeconds ?? 30;
    return [
      !container?.lifecycle && `nobody hears in time that a ${name} goes`,
      !(may >= takes) && `it may take ${may} s to stop, and needs ${takes}`,
    ];
  }),

  'settings are known, and good in production': each((name, { container }, manifests) => {
    if (!container) return [];
    const [read, common] = [new Set(settingsOf(name)), settings(manifests)];
    const used = new Set(
      container.env.flatMap(({ value = '' }) => [...value.matchAll(/\$\(([A-Z_]+)\)/g)].map(([, n]) => n)),
    );
    const told = environmentOf(container, common, (_secret, key) => secretOfTests(key));
    return [
      ...container.env.map((one) => !read.has(one.name) && !used.has(one.name) && `nobody reads ${one.name}`),
      ...readConfigOf(name, told),
    ];
  }),

  'common settings are known': (manifests) => {
    const used = [...JSON.stringify(manifests).matchAll(/\$\(([A-Z_]+)\)/g)].map(([, name]) => name);
    const known = new Set([...knownSettings(), ...used]);
    return Object.keys(settings(manifests)).flatMap((name) => (known.has(name) ? [] : [`nobody reads ${name}`]));
  },

  'secrets are named, never told': (manifests) => [
    ...Object.entries(settings(manifests)).flatMap(([name]) => (SECRET.test(name) ? [`${name} is told to all`] : [])),
    ...manifests.flatMap((one) => (one.kind === 'Secret' ? [`${nameOf(one)} is told in a file`] : [])),
    ...each((_name, { container }) =>
      (container?.env ?? []).map(
        ({ name, valueFrom }) => SECRET.test(name) && valueFrom === undefined && `${name} is told in a file`,
      ),
    )(manifests),
  ],

  'secrets that are named are made': (manifests) => {
    const made: Readonly<Record<string, readonly string[]>> = { ...secretKeys, ...MADE_BY_OPERATORS };
    const named = [...JSON.stringify(manifests).matchAll(/"(?:secretKeyRef|redisSecret)":(\{[^}]*\})/g)].map(
      ([, text = '']) => JSON.parse(text) as { name: string; key: string },
    );
    const missing = named.filter(({ name, key }) => !made[name]?.includes(key));
    return [...new Set(missing.map(({ name, key }) => `nobody makes ${key} of ${name}`))];
  },

  'only those talk to each other who have something to say': (manifests) => {
    const calls = (from: ProcessName, to: ServiceName) =>
      from !== to &&
      (from === 'gateway' ||
        ownSettings(from).includes(`${to.toUpperCase()}_URL`) ||
        // Everybody who verifies tokens asks auth for its keys and its ended sessions.
        to === 'auth');
    return processNames.flatMap((from) =>
      serviceNames.flatMap((to) => {
        const [source, aim] = [partOf(manifests, from), partOf(manifests, to)];
        const means = (selector: Record<string, string> | undefined, part: Part) =>
          selector !== undefined && part.podLabels !== undefined && selects(selector, part.podLabels);
        const letIn = aim.policy?.ingress.some((rule) =>
          rule.from.some((peer) => !peer.namespaceSelector && means(peer.podSelector?.matchLabels, source)),
        );
        const letOut = source.policy?.egress.some(
          (rule) =>
            rule.ports.some(({ port }) => port === portOf(to)) &&
            rule.to.some((peer) => means(peer.podSelector?.matchLabels, aim)),
        );
        const wanted = calls(from, to);
        // Auth lets all pods of the shop in, itself too, which never asks.
        const inAsWanted = letIn === wanted || (to === 'auth' && from === 'auth');
        return [
          ...(inAsWanted ? [] : [`${to} ${wanted ? 'refuses' : 'lets in'} ${from}`]),
          ...(letOut === wanted ? [] : [`${from} may ${wanted ? 'not reach' : 'reach'} ${to}`]),
        ];
      }),
    );
  },

  'the database has connections for as many processes as there may be': (manifests) => {
    const cluster = manifests.find((one) => one.kind === 'Cluster' && one.metadata.name === 'postgres');
    const given = Number(postgres.parse(cluster?.['spec']).postgresql.parameters['max_connections']);
    const wanted = serviceNames.map((name) => {
      const { container } = partOf(manifests, name);
      const pool = Number(
        (container && environmentOf(container, settings(manifests), () => ''))?.['DATABASE_POOL'] ?? 10,
      );
      // While a new version takes over there is one more.
      return (1 + mostOf(name, manifests)) * (pool + (BESIDE_THE_POOL[name] ?? 0));
    });
    const sum = wanted.reduce((all, one) => all + one, 0) + KEPT_BY_THE_SERVER;
    return sum <= given ? [] : [`there are ${given} connections, and may be asked for ${sum}`];
  },

  'what is not allowed is refused': (manifests) => {
    const policy = manifests.find((one) => one.kind === 'NetworkPolicy' && one.metadata.name === 'nothing-by-default');
    const { podSelector, policyTypes, ...rest } = z
      .object({
        podSelector: z.object({ matchLabels: z.record(z.string(), z.string()) }),
        policyTypes: z.array(z.string()),
      })
      .loose()
      .parse(policy?.['spec'] ?? { podSelector: { matchLabels: { no: 'policy' } }, policyTypes: [] });
    const holds = json(policyTypes) === json(['Ingress', 'Egress']) && Object.keys(rest).length === 0;
    return processNames.flatMap((name) =>
      holds && selects(podSelector.matchLabels, partOf(manifests, name).podLabels) ? [] : [`${name}: all is allowed`],
    );
  },

  'who scales has something to scale, by queues of its own': (manifests) => {
    const deployments = new Set(manifests.filter((one) => one.kind === 'Deployment').map((one) => one.metadata.name));
    const scaled = manifests.filter((one) => ['HorizontalPodAutoscaler', 'ScaledObject'].includes(one.kind));
    const targets = scaled.map((one) => scaling.parse(one.spec).scaleTargetRef.name);
    return [
      ...targets.flatMap((name) => (deployments.has(name) ? [] : [`there is no ${name} to scale`])),
      ...targets.flatMap((name, n) => (targets.indexOf(name) === n ? [] : [`two scale ${name}`])),
      ...scaled.flatMap((one) => {
        const { scaleTargetRef, triggers = [] } = scaling.parse(one.spec);
        if (one.kind !== 'ScaledObject') return [];
        const own = queues.filter(({ service }) => service === scaleTargetRef.name).map(({ name }) => name);
        const by = triggers.map(({ metadata }) => metadata['queueName']);
        return json(by.toSorted()) === json(own.toSorted())
          ? []
          : [`${scaleTargetRef.name} scales by ${by.join(', ')}`];
      }),
    ];
  },
};

const scaling = z.object({
  scaleTargetRef: z.object({ name: z.string() }),
  triggers: z.array(z.object({ metadata: z.record(z.string(), z.string()) })).optional(),
});

const postgres = z.object({ postgresql: z.object({ parameters: z.record(z.string(), z.string()) }) });

/** How many processes of a service there may be: by what scales it, or by its Deployment. */
function mostOf(name: ServiceName, manifests: readonly Manifest[]): number {
  const counts = z.object({ maxReplicas: z.int(), maxReplicaCount: z.int(), replicas: z.int() }).partial().loose();
  const specs = manifests.filter((one) => one.metadata.name === name).map((one) => counts.safeParse(one['spec']).data);
  const found = specs.flatMap((spec) => [spec?.maxReplicas, spec?.maxReplicaCount, spec?.replicas]);
  return Math.max(...found.map((count) => count ?? 0));
}

/** What all are told. */
function settings(manifests: readonly Manifest[]): Readonly<Record<string, string>> {
  const map = manifests.find((one) => one.kind === 'ConfigMap' && one.metadata.name === 'shop');
  return (map?.['data'] ?? {}) as Record<string, string>;
}

/** Something that a setting of this name takes. */
function secretOfTests(key: string): string {
  if (key === 'JWT_PRIVATE_KEY') return 'a PRIVATE KEY';
  return key === 'SMTP_URL' ? 'smtps://user:password@mail.example' : `long-enough-for-a-${key.toLowerCase()}`;
}

function json(value: unknown): string {
  return JSON.stringify(value);
}
