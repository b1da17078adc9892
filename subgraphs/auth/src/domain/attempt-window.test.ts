import { AttemptWindow } from './attempt-window.js';

describe('the attempts of an address', () => {
  it('are limited in any minute, each address for itself', () => {
    const window = new AttemptWindow(2);
    expect([window.admit('a', 0), window.admit('a', 1), window.admit('a', 2)]).toEqual([true, true, false]);
    expect(window.admit('b', 2)).toBe(true);
    expect(window.admit('a', 59_999)).toBe(false);
    expect(window.admit('a', 60_000)).toBe(true);
    expect(window.admit('a', 60_000)).toBe(false);
  });
  it('are not limited by 0', () => {
    const window = new AttemptWindow(0);
    expect(Array.from({ length: 100 }, () => window.admit('a', 0))).not.toContain(false);
  });
  it('do not fill the memory', () => {
    const window = new AttemptWindow(1);
    for (let address = 0; address <= 10_000; address += 1) window.admit(String(address), address * 10);
    expect((window as unknown as { attempts: Map<string, unknown> }).attempts.size).toBeLessThan(7_000);
  });
});
