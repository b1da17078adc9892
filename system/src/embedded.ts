import { serviceNames, type ServiceName } from '@shop/shared/backing/roster';
import type { Backing, Footing } from '@shop/shared/backing/ports';
import type { System } from '@shop/shared/lifecycle/system';
import type { Cleanup } from './cleanup.js';
import type { Environment } from './environment.js';
import { unlessAborted } from './interruption.js';
import { processNames, type ProcessName } from './ports.js';

/** What each service, and the gateway, exports. */
export interface SystemModule {
  createSystem(environment: Environment, backing?: Backing | Footing): System;
}

/** The code of the whole system, so that loading it can go on while PostgreSQL starts. */
export interface LoadedSystem {
  readonly modules: Readonly<Record<ProcessName, SystemModule>>;
  readonly backingFor: (environment: Environment, service: ServiceName) => Backing;
  /** All that the gateway shares with the services. */
  readonly gatewayFootingFor: (environment: Environment) => Footing;
}

/** Each by its own words, so that a bundler sees them. */
const load: Readonly<Record<ProcessName, () => Promise<SystemModule>>> = {
  auth: () => import('@shop/auth/system'),
  products: () => import('@shop/products/system'),
  cart: () => import('@shop/cart/system'),
  orders: () => import('@shop/orders/system'),
  payments: () => import('@shop/payments/system'),
  logger: () => import('@shop/logger/system'),
  mailer: () => import('@shop/mailer/system'),
  gateway: () => import('@shop/gateway/system'),
};

/** Loads every service, the gateway, and what stands in for the servers that are not there. */
export async function loadSystem(): Promise<LoadedSystem> {
  const [{ createBacking, createFooting }, { InProcess }, ...modules] = await Promise.all([
    import('@shop/shared/backing/create-backing'),
    import('@shop/shared/backing/in-process'),
    ...processNames.map((name) => load[name]()),
  ]);
  const inProcess = new InProcess();
  const entries = processNames.map((name, index) => [name, modules[index]]);
  return {
    modules: Object.fromEntries(entries) as Record<ProcessName, SystemModule>,
    backingFor: (environment, service) => createBacking(environment, service, inProcess),
    gatewayFootingFor: (environment) => createFooting(environment, 'gateway', inProcess),
  };
}

/** Stops one of the services that run here, or the gateway, and starts another in its place. */
export type Replace = (name: ProcessName, load: () => Promise<SystemModule>) => Promise<void>;

/**
 * Starts all services and the gateway in this process. They start at the same time, as none needs another to start, and
 * stop one after the other, those that ask others first. Rejects as soon as one fails or `signal` aborts; what is still
 * on its way then is stopped once it has arrived.
 */
export async function startEmbedded(
  { modules, backingFor, gatewayFootingFor }: LoadedSystem,
  environments: Readonly<Record<ProcessName, Environment>>,
  cleanup: Cleanup,
  signal: AbortSignal,
): Promise<Replace> {
  const create = (name: ProcessName, module: SystemModule): System => {
    const environment = environments[name];
    const given = name === 'gateway' ? gatewayFootingFor(environment) : backingFor(environment, name);
    return module.createSystem(environment, given);
  };
  const running = new Map<ProcessName, Running>();
  const start = (name: ProcessName, system: System): Promise<void> => {
    const started = system.start();
    running.set(name, { system, started });
    return started;
  };
  const stop = async (name: ProcessName): Promise<void> => {
    const current = running.get(name);
    if (current) await (current.stopped ??= stopOf(current));
  };
  const systems = [...serviceNames, 'gateway' as const].map((name) => [name, create(name, modules[name])] as const);
  const starts = systems.map(([name, system]) => {
    cleanup.add(name, () => stop(name));
    return start(name, system);
  });
  await unlessAborted(signal, Promise.all(starts));
  return async (name, load) => {
    // What can't be loaded leaves the one that is there; one that does not stop as it should is gone all the same.
    const module = await load();
    await stop(name).catch(() => undefined);
    await start(name, create(name, module));
  };
}

interface Running {
  readonly system: System;
  readonly started: Promise<void>;
  stopped?: Promise<void>;
}

async function stopOf({ system, started }: Running): Promise<void> {
  await started.catch(() => undefined);
  await system.stop();
}
