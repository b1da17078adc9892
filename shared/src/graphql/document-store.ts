import { InMemoryLRUCache } from '@apollo/utils.keyvaluecache';
import type { DocumentNode } from 'graphql';

/**
 * Of documents as JSON: some hundred operations of the usual size. In memory they take four times as much, in each service
 * through which an operation goes; the library's own 30 MiB would be more than all else that a service holds.
 */
const MOST_BYTES = 3 * 2 ** 20;

/** Where an Apollo server keeps the documents that it has parsed and validated, those that were used last. */
export function documentStore(): InMemoryLRUCache<DocumentNode> {
  return new InMemoryLRUCache<DocumentNode>({ maxSize: MOST_BYTES });
}
