import type { PageRequest } from '@shop/shared/graphql/connection';
import { SharedAnswers } from '@shop/shared/graphql/shared-answers';
import { rowsOf, searchRows, type Session } from '@shop/shared/persistence/statements';
import { isStorable } from '@shop/shared/text/storable';
import type { PageCache } from './page-cache.js';
import { rawToProduct, type RawProductRow } from './product.record.js';
import type { Product } from '../domain/product.js';
import { searchKey, sortKey } from '../domain/search-key.js';

export const productSorts = ['NEWEST', 'NAME', 'PRICE_ASC', 'PRICE_DESC'] as const;
export type ProductSort = (typeof productSorts)[number];

export interface ProductFilter {
  /** In name or description, whatever the case and the diacritics. */
  readonly search?: string | null | undefined;
  readonly minPrice?: number | null | undefined;
  readonly maxPrice?: number | null | undefined;
  readonly inStock?: boolean | null | undefined;
}

/** Where a page begins: the sort it belongs to, the last product's sort key and its id. */
export type ListPosition = readonly [sort: ProductSort, key: string | number, id: number];

/** Of a longer phrase the index is asked for this many words. */
const MAX_INDEXED_WORDS = 8;

interface Order {
  readonly columns: readonly string[];
  readonly direction: 'asc' | 'desc';
  readonly key: (product: Product) => string | number;
}

const orders: Readonly<Record<ProductSort, Order>> = {
  NEWEST: { columns: ['id'], direction: 'desc', key: (product) => product.id },
  NAME: { columns: ['name_key', 'id'], direction: 'asc', key: (product) => sortKey(product.name) },
  PRICE_ASC: { columns: ['price', 'id'], direction: 'asc', key: (product) => product.price },
  PRICE_DESC: { columns: ['price', 'id'], direction: 'desc', key: (product) => product.price },
};

/** The position of a product in a list. */
export function positionOf(product: Product, sort: ProductSort): ListPosition {
  return [sort, orders[sort].key(product), product.id];
}

/** Whether a cursor's content is a position in a list of this sort. */
export function isPosition(value: unknown, sort: ProductSort): value is ListPosition {
  if (!Array.isArray(value) || value.length !== 3) return false;
  const [itsSort, key, id] = value as unknown[];
  const keyFits = sort === 'NAME' ? typeof key === 'string' && isStorable(key) : Number.isSafeInteger(key);
  return itsSort === sort && keyFits && Number.isSafeInteger(id);
}

/** One page of the products that are not deleted, by keyset, and one product more where there is a next page. */
async function listProducts(
  database: Session,
  filter: ProductFilter,
  sort: ProductSort,
  { first, after }: PageRequest<ListPosition>,
): Promise<Product[]> {
  const { columns, direction } = orders[sort];
  const filters = filterConditions(filter);
  const conditions = [...filters, ...(after ? [afterCondition(after, orders[sort])] : [])];
  const rows = await (filters.length > 0 ? searchRows : rowsOf)<RawProductRow>(
    database,
    `select id, name, description, price, stock, version, created_at, updated_at, deleted_at from products
     where ${['deleted_at is null', ...conditions.map(({ sql }) => sql)].join(' and ')}
     order by ${columns.map((column) => `${column} ${direction}`).join(', ')} limit ?`,
    [...conditions.flatMap(({ values }) => values), first + 1],
  );
  return rows.map(rawToProduct);
}

/**
 * The pages of the catalogue. Those who ask for the same one at the same time share a read, and never one from before they asked.
 * First pages that nobody searches are kept in the cache: there are few of them, and most ask for one.
 */
export class ProductLists {
  private readonly shared = new SharedAnswers<Product[]>();

  constructor(
    private readonly database: Session,
    private readonly kept: Pick<PageCache, 'page'>,
  ) {}

  /** As `listProducts`. */
  page(filter: ProductFilter, sort: ProductSort, page: PageRequest<ListPosition>): Promise<Product[]> {
    const { search, minPrice, maxPrice, inStock } = filter;
    const name = JSON.stringify([search, minPrice, maxPrice, inStock, sort, page]);
    const load = () => listProducts(this.database, filter, sort, page);
    const isKept =
      !page.after && [search, minPrice, maxPrice].every((wanted) => wanted === null || wanted === undefined);
    return this.shared.run(name, isKept ? () => this.kept.page(name, load) : load);
  }
}

interface Condition {
  readonly sql: string;
  readonly values: readonly (string | number)[];
}

function filterConditions({ search, minPrice, maxPrice, inStock }: ProductFilter): Condition[] {
  const conditions: Condition[] = [];
  const phrase = searchKey(search ?? '').trim();
  if (phrase) conditions.push(holdsPhrase(phrase));
  if (typeof minPrice === 'number') conditions.push({ sql: 'price >= ?', values: [minPrice] });
  if (typeof maxPrice === 'number') conditions.push({ sql: 'price <= ?', values: [maxPrice] });
  if (typeof inStock === 'boolean') conditions.push({ sql: inStock ? 'stock > 0' : 'stock = 0', values: [] });
  return conditions;
}

/**
 * That a product's name or description holds a phrase. Where it is of several words the index is asked for each, the longest
 * first, and only what has all of them is compared with the phrase. Asked for the whole phrase it reads the postings of a word
 * that most products have beside each of a rare one's; so it reads them where the rare word is, and a rare word is mostly long.
 */
function holdsPhrase(phrase: string): Condition {
  const words = patternsOfWords(phrase);
  const whole = words.length > 1 ? [phrase] : [];
  const holds = (column: string) =>
    [...words.map(() => `${column} like ?`), ...whole.map(() => `strpos(${column}, ?) > 0`)].join(' and ');
  const values = [...words, ...whole];
  return { sql: `(${holds('name_key')} or ${holds('description_key')})`, values: [...values, ...values] };
}

/** For `like`: a phrase's longest words, each with the spaces beside it, since trigrams tell a word's beginning and end too. */
function patternsOfWords(phrase: string): string[] {
  const words = phrase.split(' ');
  return words
    .map((word, at) => (word ? `${at > 0 ? ' ' : ''}${word}${at < words.length - 1 ? ' ' : ''}` : ''))
    .filter(Boolean)
    .sort((one, other) => other.length - one.length)
    .slice(0, MAX_INDEXED_WORDS)
    .map((word) => `%${word.replace(/[\\%_]/g, '\\$&')}%`);
}

function afterCondition([, key, id]: ListPosition, { columns, direction }: Order): Condition {
  const values = columns.length === 1 ? [id] : [key, id];
  const marks = values.map(() => '?').join(', ');
  return { sql: `(${columns.join(', ')}) ${direction === 'asc' ? '>' : '<'} (${marks})`, values };
}
