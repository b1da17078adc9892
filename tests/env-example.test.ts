import { readFileSync } from 'node:fs';
import { knownSettings } from './support/known-settings.js';

/** Made by the launcher for each process, so that nobody sets them by hand. */
const MADE = [
  'AUTH_JWKS_URL',
  'AUTH_SESSIONS_URL',
  'BUS_DATABASE_URL',
  'JWT_PRIVATE_KEY',
  'ORDERS_IDENTITY_SECRET',
  'GATEWAY_SECRET',
];

it('.env.example names every setting that a configuration reads, and no other', () => {
  const read = knownSettings();
  const ofTheSeed = ['ADMIN_EMAIL', 'ADMIN_PASSWORD'];
  const ofTheLauncher = ['PORT_OFFSET', 'DATA_DIR', 'DATABASE_PREFIX', 'PROCESSES'];
  const ofCompose = ['POSTGRES_PASSWORD', 'RABBITMQ_PASSWORD', 'REDIS_PASSWORD', 'SHOP_AT'];
  const expected = [...new Set([...read, ...ofTheSeed, ...ofTheLauncher, ...ofCompose])].filter(
    (name) => !MADE.includes(name) && !/^(AUTH|PRODUCTS|CART|ORDERS|PAYMENTS|LOGGER|MAILER)_URL$/.test(name),
  );
  const named = [...readFileSync('.env.example', 'utf8').matchAll(/^#([A-Z][A-Z_]+)=/gm)].map(([, name]) => name ?? '');
  expect(named.toSorted()).toEqual(expected.toSorted());
});
