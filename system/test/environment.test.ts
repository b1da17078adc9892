import { serviceNames } from '@shop/shared/backing/roster';
import { addressOf, environments, type Environment } from '../src/environment.js';
import { planPorts } from '../src/ports.js';

const secrets = {
  jwtPrivateKey: 'a PEM',
  ordersIdentitySecret: 'an identity',
  gatewaySecret: 'another',
  adminPassword: 'a password',
};

function environmentsFrom(outer: Environment) {
  return environments({
    outer,
    ports: planPorts(outer),
    secrets,
    serverUrl: 'postgres://shop:pw@127.0.0.1:5433/postgres',
  });
}

describe('the environment of a process', () => {
  it('has its own port, its own database and the address of every service', () => {
    const { orders } = environmentsFrom({});
    expect(orders).toMatchObject({
      PORT: '8083',
      HOST: '127.0.0.1',
      DATABASE_URL: 'postgres://shop:pw@127.0.0.1:5433/orders',
      BUS_DATABASE_URL: 'postgres://shop:pw@127.0.0.1:5433/bus',
      CART_URL: 'http://127.0.0.1:8082',
      AUTH_JWKS_URL: 'http://127.0.0.1:8084/.well-known/jwks.json',
      AUTH_SESSIONS_URL: 'http://127.0.0.1:8084/.well-known/ended-sessions',
    });
  });

  it('has the address of what stands in front of a service, when there is something', () => {
    const { gateway, orders } = environmentsFrom({ CART_URL: 'http://127.0.0.1:9999' });
    expect([gateway['CART_URL'], orders['CART_URL']]).toEqual(Array(2).fill('http://127.0.0.1:9999'));
    expect(gateway['ORDERS_URL']).toBe('http://127.0.0.1:8083');
  });

  it('holds no secret of another process', () => {
    const each = environmentsFrom({
      PAYMENT_PROVIDER_KEY: 'a key',
      npm_config_token: 'a token',
      ADMIN_EMAIL: 'a@b.example',
      SMTP_URL: 'smtp://user:password@mail.example',
      MAIL_FROM: 'shop@mail.example',
      INGEST_TOKEN: 'a token',
      SUBGRAPH_ACCESS: 'open',
      LOKI_TOKEN: 'a token',
      LOG_FILE: 'shop.log',
    });
    const holders = (variable: string) =>
      Object.entries(each).flatMap(([name, environment]) => (environment[variable] === undefined ? [] : [name]));
    expect(holders('JWT_PRIVATE_KEY')).toEqual(['auth']);
    expect(holders('ADMIN_PASSWORD')).toEqual(['auth']);
    expect(holders('ADMIN_EMAIL')).toEqual(['auth']);
    expect(holders('ORDERS_IDENTITY_SECRET')).toEqual(['cart', 'orders']);
    expect(holders('SUBGRAPH_ACCESS').toSorted()).toEqual(serviceNames.toSorted());
    expect(holders('PAYMENT_PROVIDER_KEY')).toEqual(['payments']);
    expect(holders('SMTP_URL')).toEqual(['mailer']);
    expect(holders('MAIL_FROM')).toEqual(['mailer']);
    for (const own of ['INGEST_TOKEN', 'LOKI_TOKEN', 'LOG_FILE', 'GRPC_PORT']) expect(holders(own)).toEqual(['logger']);
    expect(holders('LOG_STDOUT_LEVEL')).toEqual(Object.keys(each));
    expect(holders('DATABASE_URL')).toEqual(serviceNames);
    expect(holders('npm_config_token')).toEqual([]);
  });

  it('has a secret of its own, by which it knows the gateway, and the gateway the one that they are made of', () => {
    for (const [outer, whole] of [
      [{}, 'another'],
      [{ GATEWAY_SECRET: 'a chosen secret' }, 'a chosen secret'],
    ] as const) {
      const { gateway, ...services } = environmentsFrom(outer);
      const parts = Object.values(services).map((environment) => environment['GATEWAY_SECRET']);
      expect(gateway['GATEWAY_SECRET']).toBe(whole);
      expect(new Set([whole, ...parts]).size).toBe(serviceNames.length + 1);
      for (const part of parts) expect(part).toMatch(/^[\w-]{43}$/);
    }
  });

  it('takes what was given over what was made up, and passes the rest on', () => {
    const { auth, orders } = environmentsFrom({
      ADMIN_PASSWORD: 'chosen',
      ORDER_TIMEOUT_S: '5',
      LOG_LEVEL: '',
      PORT_OFFSET: '10',
    });
    expect(auth['ADMIN_PASSWORD']).toBe('chosen');
    expect(orders).toMatchObject({
      ORDER_TIMEOUT_S: '5',
      LOG_STDOUT_LEVEL: 'warn',
      PORT: '8093',
      AUTH_URL: 'http://127.0.0.1:8094',
    });
  });
});

describe('the address of a listener', () => {
  it.each([
    [undefined, 'http://127.0.0.1:80'],
    ['0.0.0.0', 'http://127.0.0.1:80'],
    ['::', 'http://127.0.0.1:80'],
    ['10.0.0.7', 'http://10.0.0.7:80'],
    ['::1', 'http://[::1]:80'],
  ])('for host %s is %s', (host, address) => expect(addressOf(80, host)).toBe(address));
});
