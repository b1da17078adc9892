/** So long a key sorts and indexes well. */
const MAX_LENGTH = 200;

/**
 * A text as it is searched and sorted: lower case, without diacritics, so that "ca phe" finds "Cà phê". Done here as
 * PostgreSQL's own lower() depends on how its cluster was set up.
 */
export function searchKey(text: string): string {
  // Without marks before it is decomposed too: many in a row are put in order in time by the square of their number.
  return unmarked(unmarked(text).normalize('NFD')).toLowerCase().replaceAll('đ', 'd');
}

const unmarked = (text: string): string => text.replace(/\p{M}/gu, '');

/** The part of a name by which lists are sorted. */
export function sortKey(name: string): string {
  return [...searchKey(name)].slice(0, MAX_LENGTH).join('');
}
