import { described, type Fault, planFaults } from './schedule.js';

const services = ['auth', 'products', 'cart', 'payments', 'orders', 'gateway'];
const servers = ['postgresql', 'rabbitmq', 'redis'];
const plan = (seed: number, kills = 100) => planFaults({ seed, kills, durationMs: 480_000, services, servers });
const killedIn = (faults: readonly Fault[]) => faults.flatMap(({ kind, targets }) => (kind === 'kill' ? targets : []));

describe('the schedule of faults', () => {
  it('is the same for the same seed, and another for another one', () => {
    expect(plan(7)).toEqual(plan(7));
    expect(plan(8)).not.toEqual(plan(7));
  });

  it('kills as many processes as it should, each of them before any a second time', () => {
    expect(killedIn(plan(7))).toHaveLength(100);
    expect(new Set(killedIn(plan(1, 9)))).toEqual(new Set([...services, ...servers]));
  });

  it('comes in order, within its time, with every kind of fault', () => {
    const faults = plan(3);
    const times = faults.map(({ atMs }) => atMs);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(times.at(-1)).toBeLessThan(480_000);
    expect(new Set(faults.map(({ kind }) => kind)).size).toBe(8);
    for (const kind of ['kill', 'freeze', 'cut off'])
      expect(faults.some((fault) => fault.kind === kind && fault.targets.length > 1)).toBe(true);
  });

  it('comes in storms, with time to recover in between', () => {
    const times = plan(5).map(({ atMs }) => atMs);
    const pauses = times.slice(1).map((at, index) => at - (times[index] ?? 0));
    const long = pauses.filter((pause) => pause > 15_000);
    expect(long).toHaveLength(Math.ceil(times.length / 14) - 1);
    expect(Math.max(...pauses.filter((pause) => !long.includes(pause)))).toBeLessThan(5_000);
  });

  it('can be printed', () => {
    const fault = { atMs: 1_234, targets: ['orders', 'redis'], lengthMs: 500, pick: 0.5 };
    expect(described({ ...fault, kind: 'kill' })).toBe('   1.2 s  kill -9    orders, redis, 0.5 s');
    expect(described({ ...fault, kind: 'cut', targets: ['cart'], lengthMs: 0 })).toBe(
      '   1.2 s  cut        a connection to cart (0.50)',
    );
  });
});
