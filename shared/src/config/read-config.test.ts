import { z } from 'zod';
import { ConfigError, readConfig, variables } from './read-config.js';

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
