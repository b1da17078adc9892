import { StopTime } from './stop-time.js';

describe('the time of a stop', () => {
  it.each([1, 5, 10, 300])('of %p s is shared out, in order, and fits', (seconds) => {
    const time = new StopTime(seconds * 1_000, () => 0);
    const stages = [
      ...[time.leftFor('answers'), time.leftFor('handlers'), time.leftFor('relays'), time.leftFor('connections')],
      time.leftFor('everything'),
    ];
    expect(stages).toEqual(stages.toSorted((a, b) => a - b));
    expect(new Set(stages).size).toBe(stages.length);
    expect(stages.at(-1)).toBeLessThan(seconds * 1_000);
  });

  it('is 10 s unless told, of which what ends early leaves the rest to what comes after it', () => {
    let now = 500;
    const time = new StopTime(undefined, () => now);
    expect([time.leftFor('answers'), time.leftFor('answers', 500)]).toEqual([3_000, 500]);
    now += 100;
    expect(time.leftFor('handlers')).toBe(6_900);
    now += 7_900;
    expect([time.leftFor('handlers'), time.leftFor('relays'), time.leftFor('connections')]).toEqual([0, 0, 1_000]);
  });
});
