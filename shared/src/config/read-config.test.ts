import { z } from 'zod';
import {
  ConfigError,
  identityVariables,
  readConfig,
  readServiceConfig,
  serviceVariables,
  variables,
} from './read-config.js';

const schema = z.object({
  PORT: variables.port,
  DATABASE_URL: variables.url,
  SECRET: variables.secret,
  COUNT: variables.count(7, 1, 9),
});
const good = { PORT: '8080', DATABASE_URL: 'postgres://localhost/x', SECRET: 'a long enough secret' };

describe('a configuration', () => {
  it('is typed, complete with defaults, and frozen', () => {
    const config = readConfig(good, schema);
    expect(config).toEqual({ ...good, PORT: 8080, COUNT: 7 });
    expect(Object.isFrozen(config)).toBe(true);
  });

  it('takes an empty variable as absent', () => {
    expect(readConfig({ ...good, COUNT: '' }, schema).COUNT).toBe(7);
  });

  it('reports every mistake at once, by name and never by value', () => {
    const read = () => readConfig({ PORT: '99999', DATABASE_URL: 'nowhere', SECRET: 'hunter2', COUNT: 'many' }, schema);
    expect(read).toThrow(ConfigError);
    expect(read).toThrow(/PORT[^]*DATABASE_URL[^]*SECRET[^]*COUNT/);
    expect(read).not.toThrow(/hunter2|nowhere|99999/);
  });
});

describe("a service's configuration", () => {
  const GATEWAY_SECRET = 'a secret of the gateway';
  const settings = { PORT: '8080', DATABASE_URL: 'postgres://localhost/x' };
  const read = (environment: Record<string, string>) => readServiceConfig(environment, z.object(serviceVariables));
  const mistakesOf = (reading: () => unknown) => {
    try {
      reading();
      return [];
    } catch (error) {
      return error instanceof ConfigError ? error.mistakes.map((mistake) => mistake.split(':')[0]) : error;
    }
  };
  const mistakesIn = (environment: Record<string, string>) => mistakesOf(() => read(environment));

  it('knows how to tell the gateway, unless anybody may ask', () => {
    expect(read({ ...settings, GATEWAY_SECRET })).toMatchObject({ SUBGRAPH_ACCESS: 'gateway', GATEWAY_SECRET });
    expect(read({ ...settings, SUBGRAPH_ACCESS: 'open' }).GATEWAY_SECRET).toBeUndefined();
    expect(() => read(settings)).toThrow('GATEWAY_SECRET: is required, unless SUBGRAPH_ACCESS=open');
  });

  it.each<[Record<string, string>, string[]]>([
    [{}, []],
    [{ NODE_ENV: 'production' }, ['AUTH_SESSIONS_URL']],
    [{ NODE_ENV: 'production', AUTH_SESSIONS_URL: '' }, ['AUTH_SESSIONS_URL']],
    [{ NODE_ENV: 'production', AUTH_SESSIONS_URL: 'nowhere' }, ['AUTH_SESSIONS_URL']],
    [{ NODE_ENV: 'production', AUTH_SESSIONS_URL: 'http://auth/ended' }, []],
    [{ NODE_ENV: 'production', PORT: 'x' }, ['PORT', 'AUTH_SESSIONS_URL']],
  ])('is told where sessions end before it verifies tokens in production: %j', (wrong, mistakes) => {
    const verifying = z.object({ ...serviceVariables, ...identityVariables });
    const environment = { ...settings, GATEWAY_SECRET, AUTH_JWKS_URL: 'http://auth/jwks', ...wrong };
    expect(mistakesOf(() => readServiceConfig(environment, verifying))).toEqual(mistakes);
  });

  it('needs to be told of nothing where it verifies none', () =>
    expect(mistakesIn({ ...settings, GATEWAY_SECRET, NODE_ENV: 'production' })).toEqual([]));

  it.each<[Record<string, string>, string[]]>([
    [{ GATEWAY_SECRET: '' }, ['GATEWAY_SECRET']],
    [{ GATEWAY_SECRET: 'short' }, ['GATEWAY_SECRET']],
    [{ SUBGRAPH_ACCESS: 'everybody' }, ['SUBGRAPH_ACCESS']],
    [{ SUBGRAPH_ACCESS: 'gateway' }, ['GATEWAY_SECRET']],
    [{ PORT: 'x' }, ['PORT', 'GATEWAY_SECRET']],
    [{ PORT: 'x', SUBGRAPH_ACCESS: 'open' }, ['PORT']],
  ])('has each mistake told once, beside the others: %j', (wrong, mistakes) =>
    expect(mistakesIn({ ...settings, ...wrong })).toEqual(mistakes),
  );
});
