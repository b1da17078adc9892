import { TextCache } from './text-cache.js';

describe('what is remembered of texts', () => {
  const cache = new TextCache<number>(10);
  afterEach(() => cache.clear());
  const known = (...texts: string[]) => texts.filter((text) => cache.get(text) !== undefined);

  it('is what was used last, when there is too much', () => {
    cache.set('aaaa', 1);
    cache.set('bbbb', 2);
    expect(cache.get('aaaa')).toBe(1);
    cache.set('cccc', 3);
    expect(known('aaaa', 'bbbb', 'cccc')).toEqual(['aaaa', 'cccc']);
  });

  it('goes for no text that is larger than all of it', () => {
    cache.set('aaaa', 1);
    cache.set('b'.repeat(11), 2);
    expect(known('aaaa', 'b'.repeat(11))).toEqual(['aaaa']);
  });

  it('counts a text once, by its newest size, and not at all when it is gone', () => {
    for (const made of [1, 2, 3]) cache.set('aaaa', made);
    cache.set('bbbb', 4, 6);
    expect([cache.size, cache.get('aaaa')]).toEqual([2, 3]);
    expect([cache.delete('bbbb'), cache.delete('bbbb')]).toEqual([true, false]);
    cache.set('cccc', 5, 6);
    expect(known('aaaa', 'cccc')).toEqual(['aaaa', 'cccc']);
  });
});
