import { checkConfiguration } from '../src/check-configuration.js';
import { processCountOf } from '../src/process-count.js';

const secrets = {
  jwtPrivateKey: 'PRIVATE KEY',
  ordersIdentitySecret: 'a secret of orders',
  gatewaySecret: 'a secret of the gateway',
  adminPassword: 'an admin',
};
const check = (outer: Record<string, string>) => () => checkConfiguration(outer, secrets);

describe('the configuration of the whole shop', () => {
  it('is fine when nothing is given', () => expect(check({})).not.toThrow());

  it('has all mistakes told at once, one for each variable', () => {
    const outer = {
      PORT: '0',
      DATABASE_PREFIX: 'My Shop',
      ORDER_TIMEOUT_S: 'abc',
      LOG_LEVEL: 'loud',
      CURRENCY: 'XX',
      PAYMENT_LATENCY_MS: '-1',
      SUBGRAPH_TIMEOUT_MS: 'long',
    };
    const lines = messageOf(check(outer)).split('\n').slice(1);
    expect(lines.map((line) => /[A-Z_]+/.exec(line)?.[0]).toSorted()).toEqual(Object.keys(outer).toSorted());
  });

  it.each(['DATABASE_URL', 'RABBITMQ_URL', 'REDIS_URL', 'BUS_DATABASE_URL'])('names %s and not its value', (name) => {
    const message = messageOf(check({ [name]: 'hunter2' }));
    expect(message).toContain(name);
    expect(message).not.toContain('hunter2');
  });
});

describe('how many processes the shop is', () => {
  const servers = { RABBITMQ_URL: 'amqp://broker', REDIS_URL: 'redis://cache' };

  it.each([
    [{}, 'one'],
    [{ RABBITMQ_URL: 'amqp://broker' }, 'one'],
    [servers, 'each'],
    [{ ...servers, PROCESSES: '' }, 'each'],
    [{ ...servers, PROCESSES: 'one' }, 'one'],
    [{ PROCESSES: 'one' }, 'one'],
  ])('of %j: %s', (outer, count) => {
    expect(check(outer)).not.toThrow();
    expect(processCountOf(outer)).toBe(count);
  });

  it.each([
    [{ ...servers, PROCESSES: '3' }, 'PROCESSES: '],
    [{ REDIS_URL: 'redis://cache', PROCESSES: 'each' }, 'PROCESSES: each needs RABBITMQ_URL and REDIS_URL'],
  ])('refuses %j', (outer, sentence) => expect(messageOf(check(outer))).toContain(sentence));
});

function messageOf(call: () => void): string {
  try {
    call();
    return '';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
