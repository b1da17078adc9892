import { StopTime } from './stop-time.js';
import { type Component, System, together } from './system.js';

const part = (name: string, log: string[], broken: 'start' | 'stop' | null = null): Component => ({
  name,
  start: async () => {
    if (broken === 'start') throw new Error('no');
    log.push(`+${name}`);
  },
  stop: async () => {
    log.push(`-${name}`);
    if (broken === 'stop') throw new Error('stuck');
  },
});

describe('a system', () => {
  it('starts in order and stops in reverse', async () => {
    const log: string[] = [];
    const system = new System('shop', [part('a', log), part('b', log)]);
    await system.start();
    await system.stop();
    expect(log).toEqual(['+a', '+b', '-b', '-a']);
  });

  it('stops what had started when a part does not start, and says which', async () => {
    const log: string[] = [];
    const system = new System('shop', [part('a', log), part('b', log, 'start'), part('c', log)]);
    await expect(system.start()).rejects.toThrow('shop: b did not start: no');
    expect(log).toEqual(['+a', '-a']);
  });

  it('stops the rest when a part does not stop, and stops only once', async () => {
    const log: string[] = [];
    const system = new System('shop', [part('a', log), part('b', log, 'stop')]);
    await system.start();
    await expect(system.stop()).rejects.toThrow('shop: b did not stop: stuck');
    await system.stop();
    expect(log).toEqual(['+a', '+b', '-b', '-a']);
  });
});

it('the time of a stop is one for all of it', async () => {
  const told: (StopTime | undefined)[] = [];
  const asked = { ...part('a', []), stop: async (time?: StopTime) => void told.push(time) };
  const system = new System('shop', [asked, together(asked, asked)]);
  const time = new StopTime(5_000);
  await system.start();
  await system.stop(time);
  expect(told).toEqual([time, time, time]);
  await system.start();
  await system.stop();
  expect(new Set(told.slice(3)).size).toBe(1);
});

describe('parts together', () => {
  it('start in order, and stop side by side, all of them', async () => {
    const log: string[] = [];
    const waiting = { ...part('a', log), stop: async () => void (await Promise.resolve(), log.push('-a')) };
    const both = together(waiting, part('b', log, 'stop'));
    await both.start();
    await expect(both.stop()).rejects.toThrow('stuck');
    expect([both.name, log]).toEqual(['a, b', ['+a', '+b', '-b', '-a']]);
  });

  it('stop what had started when one does not start', async () => {
    const log: string[] = [];
    await expect(together(part('a', log), part('b', log, 'start')).start()).rejects.toThrow('b did not start: no');
    expect(log).toEqual(['+a', '-a']);
  });
});
