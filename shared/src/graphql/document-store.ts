import { InMemoryLRUCache } from '@apollo/utils.keyvaluecache';
import type { DocumentNode } from 'graphql';
import { bytesOfDocument } from './document-tokens.js';

/**
 * Of memory: some hundred operations of the usual size, in each service through which an operation goes; the library's own
 * 30 MiB of JSON, which is a fraction of what a document holds, would be more than all else that a service holds.
 */
const MOST_BYTES = 12 * 2 ** 20;

/** Where an Apollo server keeps the documents that it has parsed and validated, those that were used last. */
export function documentStore(): InMemoryLRUCache<DocumentNode> {
  return new InMemoryLRUCache<DocumentNode>({ maxSize: MOST_BYTES, sizeCalculation: bytesOfDocument });
}
