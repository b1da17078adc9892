import { BoundedNames } from './bounded-names.js';

const junk = (count: number) => Array.from({ length: count }, (_, index) => `Junk${index}`);

describe('names of operations as labels', () => {
  let names: BoundedNames;
  beforeEach(() => (names = new BoundedNames(100)));
  const often = (name: string, times = 20) => Array.from({ length: times }, () => names.labelOf(name)).at(-1);

  test('are themselves from the first time on, for as long as there is much room', () => {
    expect([names.labelOf('Cart'), names.labelOf('Cart'), names.labelOf(null)]).toEqual(['Cart', 'Cart', 'anonymous']);
    expect(names.labelOf('x'.repeat(61))).toBe('other');
  });

  test('leave room for one that is used often, whatever else was named', () => {
    names.labelOf('Early');
    for (const name of junk(10_000)) names.labelOf(name);
    expect([names.labelOf('Early'), names.labelOf('Late')]).toEqual(['Early', 'other']);
    expect(often('Late')).toBe('Late');
  });

  test('see one that is used often also between a flood of others', () => {
    for (const name of junk(20_000)) {
      names.labelOf(name);
      if (name.endsWith('00')) names.labelOf('Late');
    }
    expect(names.labelOf('Late')).toBe('Late');
  });

  test('are so many and no more', () => {
    const labels = new Set(junk(1_000).map((name) => often(name, 50)));
    expect(labels.size).toBe(101);
    expect(labels).toContain('other');
  });
});
