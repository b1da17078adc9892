import { join } from 'node:path';
import { gatewaySecretFor } from '@shop/shared/auth/gateway-secret';
import { serviceNames, type ServiceName } from '@shop/shared/backing/roster';
import { databaseName, databaseUrl } from './databases.js';
import { processNames, type PortPlan, type ProcessName } from './ports.js';
import type { Secrets } from './secrets.js';

export type Environment = Readonly<Record<string, string | undefined>>;

/** What the launcher knows when it hands out environments. */
export interface Surroundings {
  /** The launcher's own environment. */
  readonly outer: Environment;
  readonly ports: PortPlan;
  readonly secrets: Secrets;
  /** A PostgreSQL server on which each service has its database. */
  readonly serverUrl: string;
  /** Where the log's file is kept; there is none unless told. */
  readonly dataFolder?: string;
}

export const defaultAdminEmail = 'admin@shop.example';

/** Settings that are one process's own, so that no other gets them. */
const owners: Readonly<Record<string, readonly ProcessName[]>> = {
  DATABASE_URL: [],
  DATABASE_PREFIX: [],
  DATA_DIR: [],
  PORT: [],
  PORT_OFFSET: [],
  PROCESSES: [],
  JWT_PRIVATE_KEY: ['auth'],
  ADMIN_EMAIL: ['auth'],
  ADMIN_PASSWORD: ['auth'],
  SEED: ['products'],
  ORDERS_IDENTITY_SECRET: ['orders', 'cart'],
  SUBGRAPH_ACCESS: serviceNames,
  TRUSTED_PROXIES: ['gateway'],
  BUS_DATABASE_URL: serviceNames,
  RABBITMQ_URL: processNames,
  RABBITMQ_MANAGEMENT_URL: [],
  REDIS_URL: processNames,
  SMTP_URL: ['mailer'],
  INGEST_TOKEN: ['logger'],
  GRPC_PORT: ['logger'],
};

/**
 * The environment of each process: its port, its database, where the others are (by `ORDERS_URL` and its like when
 * something stands in front of them), the secrets that are its own and no other's, and whatever else the launcher was
 * given.
 */
export function environments(surroundings: Surroundings): Readonly<Record<ProcessName, Environment>> {
  const entries = processNames.map((name) => [name, environmentOf(name, surroundings)]);
  return Object.fromEntries(entries) as Record<ProcessName, Environment>;
}

/** The address at which this machine reaches a listener: a wildcard host is reached by the loopback interface. */
export function addressOf(port: number, host = '127.0.0.1'): string {
  const reachable = ['0.0.0.0', '::', ''].includes(host) ? '127.0.0.1' : host;
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`;
}

function environmentOf(name: ProcessName, { outer, ports, secrets, serverUrl, dataFolder }: Surroundings): Environment {
  const host = outer['HOST'] || '127.0.0.1';
  const urls = Object.fromEntries(
    serviceNames.map((service) => [
      urlVariable(service),
      outer[urlVariable(service)] || addressOf(ports[service], host),
    ]),
  );
  const gatewaySecret = outer['GATEWAY_SECRET'] || secrets.gatewaySecret;
  const secretSettings = {
    JWT_PRIVATE_KEY: outer['JWT_PRIVATE_KEY'] || secrets.jwtPrivateKey,
    ORDERS_IDENTITY_SECRET: outer['ORDERS_IDENTITY_SECRET'] || secrets.ordersIdentitySecret,
    GATEWAY_SECRET: name === 'gateway' ? gatewaySecret : gatewaySecretFor(name, gatewaySecret),
    ADMIN_EMAIL: outer['ADMIN_EMAIL'] || defaultAdminEmail,
    ADMIN_PASSWORD: outer['ADMIN_PASSWORD'] || secrets.adminPassword,
    BUS_DATABASE_URL: outer['BUS_DATABASE_URL'] || databaseUrl(serverUrl, databaseName('bus', outer)),
  };
  const usual = {
    LOG_STDOUT_LEVEL: 'warn',
    // The terminal is for people; the file has everything.
    LOG_STDOUT: 'off',
    ...(dataFolder !== undefined && { LOG_FILE: join(dataFolder, 'logs', 'shop.log') }),
    SEED: 'true',
  };
  const common = { ...usual, ...withoutEmpty(outer), ...secretSettings };
  const allowed = Object.entries(common).filter(([variable]) => isFor(name, variable));
  return {
    ...Object.fromEntries(allowed),
    ...urls,
    AUTH_JWKS_URL: `${urls['AUTH_URL']}/.well-known/jwks.json`,
    AUTH_SESSIONS_URL: `${urls['AUTH_URL']}/.well-known/ended-sessions`,
    HOST: host,
    PORT: String(ports[name]),
    ...(name === 'logger' && { GRPC_PORT: String(ports['logger gRPC']) }),
    ...(name === 'gateway' ? {} : { DATABASE_URL: databaseUrl(serverUrl, databaseName(name, outer)) }),
  };
}

/** A provider's settings may hold its key; npm's own variables, among them a registry's token, are nobody's business. */
function isFor(name: ProcessName, variable: string): boolean {
  if (/^npm_/i.test(variable)) return false;
  if (variable.startsWith('PAYMENT_')) return name === 'payments';
  if (variable.startsWith('MAIL_')) return name === 'mailer';
  if (/^(LOG|LOKI)_(?!(STDOUT_)?LEVEL$)/.test(variable)) return name === 'logger';
  return owners[variable]?.includes(name) ?? true;
}

function urlVariable(service: ServiceName): string {
  return `${service.toUpperCase()}_URL`;
}

function withoutEmpty(environment: Environment): Environment {
  return Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''));
}
