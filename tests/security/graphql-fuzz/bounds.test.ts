import { faultInTimes, faultsInMemory } from './bounds.js';
import type { Memory } from './heaps.js';

/** 300 times of which 297 are usual. */
const times = (slowestMs: number) => [...Array<number>(297).fill(20), ...Array<number>(3).fill(slowestMs)];
/** Samples of one process: what it holds at each of 21 looks, in MB. */
const looks = (memory: (at: number) => Memory, name = 'gateway') =>
  Array.from({ length: 21 }, (_, at) => ({ [name]: memory(at) }));
const wobble = (at: number) => (at % 2 === 0 ? 3 : -3);

describe('what others may notice of hostile operations', () => {
  it.each([
    ['as fast', times(50), times(50)],
    ['a little slower', times(50), times(99)],
    ['a single slow one', times(50), [...times(50), 5_000]],
  ])('takes %s', (_what, ordinary, hostile) => expect(faultInTimes({ ordinary, hostile })).toBeNull());

  it.each([
    [
      'twice as slow',
      { ordinary: times(50), hostile: times(100) },
      'the 99th percentile is 100 ms beside hostile operations, 50 ms beside ordinary ones',
    ],
    ['nothing timed', {}, 'only 0 operations were timed'],
    ['nothing timed beside ordinary ones', { hostile: times(50) }, 'only 0 operations were timed'],
    ['few timed', { ordinary: times(50), hostile: [50, 50] }, 'only 2 operations were timed'],
  ])('does not take %s', (_what, durations, fault) => expect(faultInTimes(durations)).toBe(fault));
});

describe('what may stay behind', () => {
  it.each<[string, (at: number) => Memory]>([
    ['as much as before', () => ({ heapMb: 60, rssMb: 150 })],
    ['more and less', (at) => ({ heapMb: 60 + wobble(at), rssMb: 150 + 3 * wobble(at) })],
    ['growth of the first half', (at) => ({ heapMb: 60 + 5 * Math.min(at, 9), rssMb: 150 + 20 * Math.min(at, 9) })],
  ])('takes %s', (_what, memory) => expect(faultsInMemory(looks(memory), ['gateway'])).toEqual([]));

  it.each<[string, (at: number) => Memory, string]>([
    ['a heap that grows', (at) => ({ heapMb: 60 + at, rssMb: 150 }), 'gateway grew by 10.0 MB (heapMb)'],
    ['what grows beside the heap', (at) => ({ heapMb: 60, rssMb: 150 + 5 * at }), 'gateway grew by 50.0 MB (rssMb)'],
  ])('does not take %s', (_what, memory, fault) => expect(faultsInMemory(looks(memory), ['gateway'])).toEqual([fault]));

  it('does not take what was not looked at', () => {
    const flat = looks(() => ({ heapMb: 60, rssMb: 150 }));
    expect(faultsInMemory(flat, ['gateway', 'cart'])).toEqual(['cart was looked at 0 times of 21']);
    expect(faultsInMemory(flat.slice(0, 3), ['gateway'])).toEqual(['memory was looked at 3 times']);
    expect(faultsInMemory([...flat, {}], ['gateway'])).toEqual(['gateway was looked at 21 times of 22']);
  });
});
