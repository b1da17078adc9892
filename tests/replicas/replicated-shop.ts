import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ServiceName, serviceNames, servicePorts } from '@shop/shared/backing/roster';
import { createDatabases, databaseNames, databaseName, databaseUrl } from '@shop/system/databases';
import { type Environment, environments } from '@shop/system/environment';
import { planPorts, type ProcessName, processNames } from '@shop/system/ports';
import { untilReadyAt } from '@shop/system/readiness';
import { developmentSecrets } from '@shop/system/secrets';
import { ServiceProcess } from '@shop/system/service-process';
import { freePorts } from '@shop/system/servers/free-ports';
import { Balancer } from './balancer.js';
import { admin, dropDatabases } from '../e2e/running-shop.js';
import { eventually } from '../support/eventually.js';
import { testBroker } from '../support/test-broker.js';
import { required } from '../support/test-environment.js';
import { testRedis } from '../support/test-redis.js';

/** One of several processes of one service. */
export interface Replica {
  readonly name: ProcessName;
  readonly port: number;
  readonly child: ServiceProcess;
}

/** The whole shop, with as many processes of each service as one likes, each service and the gateway behind one address. */
export class ReplicatedShop {
  private readonly running: Replica[] = [];
  private readonly lines: string[] = [];

  private constructor(
    private readonly balancers: Readonly<Record<ProcessName, Balancer>>,
    private readonly environmentOf: Readonly<Record<ProcessName, Environment>>,
    readonly brokerUrl: string,
    /** A service's own database. */
    readonly database: (service: string) => string,
    private readonly cleanUp: () => Promise<void>,
  ) {}

  /** Starts it, on databases, a vhost and a namespace of its own. */
  static async start(
    countOf: (name: ProcessName) => number,
    settings: Readonly<Record<string, string>> = {},
  ): Promise<ReplicatedShop> {
    const dataFolder = mkdtempSync(join(tmpdir(), 'shop-replicas-'));
    const [serverUrl, prefix] = [required('DATABASE_URL'), `replicas_${process.pid}_${Date.now().toString(36)}_`];
    const broker = await testBroker();
    const redis = testRedis();
    const entries = await Promise.all(processNames.map(async (name) => [name, await Balancer.open()] as const));
    const balancers = Object.fromEntries(entries) as Record<ProcessName, Balancer>;
    const outer = {
      ...Object.fromEntries(['PATH', 'HOME', 'TMPDIR'].map((name) => [name, process.env[name]])),
      ...settings,
      ...{ DATABASE_PREFIX: prefix, RABBITMQ_URL: broker.url, REDIS_URL: redis.url, REDIS_NAMESPACE: redis.namespace },
      ...{ ADMIN_EMAIL: admin.email, ADMIN_PASSWORD: admin.password, LOGIN_RATE_LIMIT: '0', SEED: 'false' },
      ...Object.fromEntries(serviceNames.map((name) => [`${name.toUpperCase()}_URL`, balancers[name].url])),
    };
    await createDatabases(serverUrl, databaseNames(outer));
    const secrets = developmentSecrets(dataFolder);
    const each = environments({ outer, secrets, serverUrl, ports: planPorts({}) });
    const database = (service: string) => databaseUrl(serverUrl, databaseName(service as ServiceName, outer));
    const shop = new ReplicatedShop(balancers, each, broker.url, database, async () => {
      await dropDatabases(serverUrl, prefix);
      await broker.drop();
      rmSync(dataFolder, { recursive: true, force: true });
    });
    try {
      await Promise.all(
        processNames.flatMap((name) => Array.from({ length: countOf(name) }, () => shop.startReplica(name))),
      );
    } catch (error) {
      await shop.stop();
      throw new Error(shop.said, { cause: error });
    }
    return shop;
  }

  /** The one address of all gateways. */
  get gateway(): string {
    return this.balancers.gateway.url;
  }

  /** The one address of all processes of the service with this port of the contract. */
  service(port: number): string {
    const name = serviceNames.find((candidate) => servicePorts[candidate] === port);
    return this.balancers[name ?? 'gateway'].url;
  }

  /** What became of the processes. */
  get said(): string {
    return this.lines.join('\n');
  }

  /** The processes of one service, or of the gateway, oldest first. */
  replicas(name: ProcessName): readonly Replica[] {
    return this.running.filter((replica) => replica.name === name);
  }

  /** How much memory the oldest process of each has now, in bytes (VmRSS of proc(5)): Linux only. */
  memory(): (readonly [ProcessName, number])[] {
    return processNames.map((name) => {
      const pid = this.replicas(name)[0]?.child.pid ?? 'self';
      const [, kilobytes] = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
      return [name, Number(kilobytes) * 1_024] as const;
    });
  }

  /** Starts one more, and resolves when it is ready and has its turn. `script`: of another version. */
  async startReplica(name: ProcessName, script = join('.cache', 'processes', `${name}.js`)): Promise<Replica> {
    const [port = 0, grpcPort = 0] = await freePorts(2);
    const environment = {
      ...this.environmentOf[name],
      PORT: String(port),
      ...(name === 'logger' && { GRPC_PORT: String(grpcPort) }),
    };
    const child = new ServiceProcess(name, script, environment, (line) => this.lines.push(line));
    const replica = { name, port, child };
    this.running.push(replica);
    child.start();
    await untilReady(replica, () => child.ended());
    child.keepAlive();
    this.balancers[name].add(port);
    return replica;
  }

  /** Takes one out in order: it gets no new requests, ends those under way, and stops. */
  async retire(replica: Replica): Promise<void> {
    await this.balancers[replica.name].remove(replica.port);
    await replica.child.stop(30);
    this.running.splice(this.running.indexOf(replica), 1);
  }

  /** Kills the process of one, as a crash would; the one that is started in its place is ready when this resolves. */
  async crash(replica: Replica): Promise<void> {
    const { pid } = replica.child;
    if (pid === undefined) throw new Error(`${replica.name} does not run`);
    process.kill(pid, 'SIGKILL');
    await eventually(() => expect(replica.child.pid ?? pid).not.toBe(pid), { timeoutMs: 30_000 });
    await untilReady(replica);
  }

  async stop(): Promise<void> {
    await Promise.all(this.running.map(({ child }) => child.stop(10)));
    await Promise.all(Object.values(this.balancers).map((balancer) => balancer.close()));
    await this.cleanUp();
  }
}

function untilReady({ port }: Replica, failed?: () => string | undefined): Promise<void> {
  const signal = new AbortController().signal;
  return untilReadyAt(`http://127.0.0.1:${port}`, { signal, ...(failed && { failed }) });
}
