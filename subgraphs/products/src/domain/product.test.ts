import { checkDrafts, checkPatch } from './product.js';
import { searchKey, sortKey } from './search-key.js';

const draft = { name: 'Cà phê', price: 45_000, stock: 10 };
const fault = (check: () => void) => {
  try {
    check();
  } catch (error) {
    return (error as { field?: string }).field;
  }
  return undefined;
};

describe('a new product', () => {
  it.each([
    {},
    { name: 'x'.repeat(200), price: Number.MAX_SAFE_INTEGER, stock: 0 },
    { name: '😀'.repeat(200), price: 1, stock: 2_147_483_647, description: '' },
  ])('may be %#', (fields) => expect(fault(() => checkDrafts([{ ...draft, ...fields }]))).toBeUndefined());

  it.each([
    ['name', ''],
    ['name', '   '],
    ['name', 'x'.repeat(201)],
    ['name', 'a\0b'],
    ['name', 'bad \ud800 name'],
    ['description', '\udc00'],
    ['description', 'x'.repeat(5_001)],
    ['price', 0],
    ['price', -1],
    ['price', 1.5],
    ['price', 2 ** 53],
    ['stock', -1],
    ['stock', 2 ** 31],
    ['stock', Number.NaN],
  ])('may not have the %s %p', (field, value) =>
    expect(fault(() => checkDrafts([draft, { ...draft, [field]: value }]))).toBe(`input.1.${field}`),
  );

  it('comes with at least one, and at most a thousand', () => {
    expect(fault(() => checkDrafts([]))).toBe('input');
    expect(fault(() => checkDrafts(Array.from({ length: 1_001 }, () => draft)))).toBe('input');
  });
});

describe('a change', () => {
  it('may be empty, or remove the description', () => {
    expect(fault(() => checkPatch({}))).toBeUndefined();
    expect(fault(() => checkPatch({ description: null }))).toBeUndefined();
  });
  it.each(['name', 'price', 'stock'])("can't remove the %s", (field) =>
    expect(fault(() => checkPatch({ [field]: null }))).toBe(`patch.${field}`),
  );
});

describe('a search key', () => {
  it('has neither case nor diacritics', () => expect(searchKey('Cà Phê ĐẮK LẮK')).toBe('ca phe dak lak'));
  it('is made in time by its length, whatever marks are in it', () => {
    const start = performance.now();
    expect(searchKey(`Cà\u0301${'\u0315'.repeat(60_000)}${'\u0316'.repeat(60_000)} phê`)).toBe('ca phe');
    expect(performance.now() - start).toBeLessThan(1_000);
  });
  it('sorts names of any length', () => expect(sortKey('É'.repeat(500))).toBe('e'.repeat(200)));
});
