import type { Session } from '@shop/shared/persistence/statements';
import { eventually } from '../../../../tests/support/eventually.js';
import { ProductLists } from './product-list.js';

describe('the pages of the catalogue', () => {
  let reads: PromiseWithResolvers<{ rows: object[] }>[];
  let lists: ProductLists;
  beforeEach(() => {
    reads = [];
    const executeQuery = () => {
      const read = Promise.withResolvers<{ rows: object[] }>();
      reads.push(read);
      return read.promise;
    };
    lists = new ProductLists({ getKysely: () => ({ executeQuery }) } as unknown as Session, {
      page: (_name, load) => load(),
    });
  });
  const page = (first = 20, filter = {}) => lists.page(filter, 'NEWEST', { first, after: null });

  it('are read once for all who ask while another one is read', async () => {
    const asked = [page(), page(), page()];
    expect(reads).toHaveLength(1);
    reads[0]?.resolve({ rows: [] });
    await eventually(() => expect(reads).toHaveLength(2));
    reads[1]?.resolve({ rows: [] });
    expect(await Promise.all(asked)).toEqual([[], [], []]);
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
});
