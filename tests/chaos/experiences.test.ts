import { randomUUID } from 'node:crypto';
import { experiences } from './experiences.js';

const stream = (versions: number[], complete = true) => ({ uuid: randomUUID(), versions, connections: 1, complete });
const broken = (streams: readonly ReturnType<typeof stream>[], failures: readonly string[] = []) =>
  experiences({ streams, failures }).flatMap(({ invariant, count }) => (count > 0 ? [invariant] : []));

describe('what customers say', () => {
  it('is nothing bad where streams are whole and everybody bought', () => {
    expect(broken([stream([1, 2]), stream([1, 2, 3, 4])])).toEqual([]);
  });

  it('is that a purchase failed', () => {
    expect(broken([], ['chaos1, order-1, by REST: Unavailable'])).toEqual(['every purchase ended as it may']);
  });

  it.each([
    ['lacks its first version', [2]],
    ['lacks one in the middle', [1, 3]],
    ['gave one twice', [1, 1, 2]],
    ['went back', [1, 2, 1]],
  ])('is that a stream %s', (_, versions) => {
    expect(broken([stream(versions)])).toEqual(['a stream gives each version once, in order, none missing']);
  });

  it('is that a stream did not come to its end', () => {
    expect(broken([stream([1], false)])).toEqual(['every stream came to its end']);
  });
});
