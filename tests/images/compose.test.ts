import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { gatewayPort, loggerGrpcPort, serviceNames, servicePorts } from '@shop/shared/backing/roster';
import { settingsReadBy } from '../support/known-settings.js';
import { composeServices, volumeAt } from './compose-file.js';
import { stagesOf } from './dockerfile.js';

const services = composeServices();
const all = Object.entries(services);
const processes = [...serviceNames, 'gateway'] as const;
const service = (name: string) => services[name] ?? {};

describe('docker-compose.yml', () => {
  it('has the whole shop, by the names that others know it by', () => {
    const servers = ['postgres', 'rabbitmq', 'redis', 'mailhog', 'jaeger', 'prometheus', 'loki', 'alloy', 'grafana'];
    expect(Object.keys(services).toSorted()).toEqual([...servers, ...processes, 'secrets', 'databases'].toSorted());
  });

  it('pins every image, and shows its ports to this machine alone', () => {
    for (const [name, { image, build, ports = [] }] of all) {
      if (build) expect([...stagesOf(readFileSync('Dockerfile', 'utf8')).keys()]).toContain(build.target);
      else expect([name, image]).toEqual([name, expect.stringMatching(exactly(name))]);
      for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
    }
  });

  it('shows each process at the port of the contract, which is that of its image', () => {
    const stages = stagesOf(readFileSync('Dockerfile', 'utf8'));
    for (const [name, port] of Object.entries({ ...servicePorts, gateway: gatewayPort })) {
      const shown = [port, ...(name === 'logger' ? [loggerGrpcPort] : [])];
      expect(service(name).ports).toEqual(shown.map((each) => `127.0.0.1:${each}:${each}`));
      const steps = stages.get(service(name).build?.target ?? '')?.steps ?? [];
      expect(steps.find(({ keyword }) => keyword === 'ENV')?.settings['PORT']).toBe(String(port));
      expect(steps.find(({ keyword }) => keyword === 'EXPOSE')?.text).toBe(shown.join(' '));
    }
  });

  it.each(all)('gives %s no right that it does not need', (_name, container) => {
    expect(container).toMatchObject({
      ...{ read_only: true, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'] },
      tmpfs: expect.arrayContaining(['/tmp']),
    });
    expect(container).not.toHaveProperty('privileged');
    expect(container).not.toHaveProperty('cap_add');
    expect(container.user ?? 'of the image').not.toMatch(/^(root|0)(:|$)/);
    // These images begin as root, unless they are told.
    if (/^(postgres|rabbitmq|redis|grafana\/alloy):/.test(container.image ?? '')) expect(container.user).toBeDefined();
  });

  it('gives each container its own secrets, and the first one alone those of all', () => {
    for (const [name, container] of all.filter(([other]) => other !== 'secrets')) {
      const volume = volumeAt(container, '/run/secrets');
      if (volume !== undefined) expect(volume).toBe(`secrets-${name}`);
      const others = (container.volumes ?? []).filter((mount) => /secrets-/.test(JSON.stringify(mount)));
      expect([name, others.length]).toEqual([name, volume === undefined ? 0 : 1]);
    }
    for (const name of [...processes, 'databases', 'postgres', 'rabbitmq', 'redis'])
      expect([volumeAt(service(name), '/run/secrets'), volumeAt(service('secrets'), `/secrets/${name}`)]).toEqual([
        `secrets-${name}`,
        `secrets-${name}`,
      ]);
  });

  it('has no secret on a command line', () => {
    for (const [, { command = [] }] of all) expect(command.join(' ')).not.toMatch(/pass|secret(?!s\/)|\$/i);
  });

  it('mounts files that there are', () => {
    const mounted = all.flatMap(([, { volumes = [] }]) =>
      volumes.map((mount) => typeof mount === 'string' && mount.split(':')[0]),
    );
    const ours = mounted.filter((path) => path && path.startsWith('./')) as string[];
    expect(ours.length).toBeGreaterThan(5);
    for (const path of ours) expect([path, existsSync(path)]).toEqual([path, true]);
  });

  it('starts nothing before what it stands on is healthy, or done', () => {
    const before = (name: string): string[] =>
      Object.keys(service(name).depends_on ?? {}).flatMap((other) => [other, ...before(other)]);
    for (const name of processes)
      expect(before(name)).toEqual(expect.arrayContaining(['secrets', 'postgres', 'databases', 'rabbitmq', 'redis']));
    for (const [, { depends_on = {} }] of all)
      for (const [other, { condition }] of Object.entries(depends_on))
        expect([other, condition]).toEqual([other, conditionFor(other)]);
  });

  it('asks each container that stays whether it is healthy', () => {
    const stages = stagesOf(readFileSync('Dockerfile', 'utf8'));
    const ofOurImages = (stages.get('runtime')?.steps ?? []).find(({ keyword }) => keyword === 'HEALTHCHECK')?.text;
    for (const [name, { healthcheck, build }] of all.filter(([other]) => !ONCE.includes(other)))
      expect([name, build ? ofOurImages : healthcheck?.test.join(' ')]).toEqual([name, expect.stringMatching(/./)]);
  });

  it.each(processes)('passes every setting on that %s reads, unless it is a secret', (name) => {
    const given = Object.keys(service(name).environment ?? {});
    expect([...given, ...imageSettings(name), ...SECRET, ...ELSEWHERE]).toEqual(
      expect.arrayContaining(settingsReadBy(name)),
    );
  });
});

/** Ends when its work is done. */
const ONCE: readonly string[] = ['secrets', 'databases'];
/** In the file of secrets that each has. */
const SECRET = [
  ...['JWT_PRIVATE_KEY', 'ORDERS_IDENTITY_SECRET', 'GATEWAY_SECRET', 'ADMIN_PASSWORD', 'INGEST_TOKEN'],
  ...['DATABASE_URL', 'RABBITMQ_URL', 'REDIS_URL'],
];
/** The embedded bus, which is not used; a port that has its usual value; and Loki, to which Alloy brings the log. */
const ELSEWHERE = [
  'BUS_DATABASE_URL',
  'GRPC_PORT',
  'SUPERGRAPH_CONFIG',
  'LOKI_URL',
  'LOKI_TOKEN',
  'LOKI_USER',
  'LOKI_PASSWORD',
  'LOKI_TENANT',
];

function imageSettings(name: string): string[] {
  const stages = stagesOf(readFileSync('Dockerfile', 'utf8'));
  return ['runtime', name].flatMap((stage) =>
    (stages.get(stage)?.steps ?? []).flatMap(({ settings }) => Object.keys(settings)),
  );
}

function conditionFor(name: string): string {
  return ONCE.includes(name) ? 'service_completed_successfully' : 'service_healthy';
}

/** A tag of one version. PostgreSQL's have two numbers. */
function exactly(name: string): RegExp {
  return name === 'postgres' ? /:\d+\.\d+$/ : /:v?\d+\.\d+\.\d+(-management)?$/;
}

describe('the Dockerfile', () => {
  const stages = stagesOf(readFileSync('Dockerfile', 'utf8'));

  it('installs the packages of every workspace', () => {
    const copied = (stages.get('build')?.steps ?? []).flatMap(({ keyword, text }) =>
      keyword === 'COPY' ? text.split(' ')[0] : [],
    );
    const workspaces = globSync(
      ['shared', 'gateway', 'system', 'subgraphs/*'].map((folder) => `${folder}/package.json`),
    );
    expect(copied).toEqual(expect.arrayContaining(workspaces));
  });

  it('has the Node of .nvmrc, at an exact version', () => {
    const [, version] = /^ARG NODE=(\d+\.\d+\.\d+)-/m.exec(readFileSync('Dockerfile', 'utf8')) ?? [];
    expect(version?.split('.')[0]).toBe(readFileSync('.nvmrc', 'utf8').trim());
  });

  it('has an image for every service', () => {
    expect([...stages.keys()]).toEqual(expect.arrayContaining(['gateway', ...readdirSync('subgraphs')]));
  });
});
