import type { Database } from '@shop/shared/persistence/database';
import { eventually } from '../../../../tests/support/eventually.js';
import { ProductLists } from './product-list.js';

describe('the pages of the catalogue', () => {
  let reads: {
    readonly sql: string;
    readonly answer: (rows: object[]) => void;
    readonly fail: (error: Error) => void;
  }[];
  let lists: ProductLists;
  beforeEach(() => {
    reads = [];
    const execute = (sql: string) => new Promise<object[]>((answer, fail) => void reads.push({ sql, answer, fail }));
    lists = new ProductLists({ fork: () => ({ execute }) } as unknown as Database);
  });
  const page = (first = 20, filter = {}) => lists.page(filter, 'NEWEST', { first, after: null });

  it('are read once for all who ask meanwhile, and again for who asks later', async () => {
    const asked = [page(), page(), page()];
    expect(reads).toHaveLength(1);
    reads[0]?.answer([]);
    expect(await Promise.all(asked)).toEqual([[], [], []]);
    void page();
    expect(reads).toHaveLength(2);
  });

  it('are others for another size, filter or place', () => {
    void page(20);
    void page(21);
    void page(20, { search: 'tea' });
    void lists.page({}, 'NEWEST', { first: 20, after: ['NEWEST', 7, 7] });
    void lists.page({}, 'NAME', { first: 20, after: null });
    expect(reads).toHaveLength(5);
  });

  it('are read anew by who asks after a product has changed', async () => {
    const before = page();
    lists.forget();
    const after = page();
    expect(reads).toHaveLength(2);
    reads[0]?.answer([]);
    await before;
    // The one that began before does not end the sharing of the other.
    void page();
    expect(reads).toHaveLength(2);
    reads[1]?.answer([]);
    expect(await after).toEqual([]);
  });

  it('are read anew when the one that is being read takes long', async () => {
    void page();
    await eventually(() => {
      void page();
      expect(reads).toHaveLength(2);
    });
  });

  it('fail for those who asked meanwhile, and for no others', async () => {
    const asked = [page(), page()];
    reads[0]?.fail(new Error('away'));
    for (const one of asked) await expect(one).rejects.toThrow('away');
    const next = page();
    reads[1]?.answer([]);
    expect(await next).toEqual([]);
  });
});
