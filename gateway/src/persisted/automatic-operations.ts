import { createHash } from 'node:crypto';
import { AppError, badInput } from '@shop/shared/errors/app-error';
import type { OperationRequest, SentOperation } from '../subscriptions/operation-request.js';
import type { PersistedOperations } from './persisted-operations.js';
import type { OperationTexts } from './operation-texts.js';

/**
 * Automatic persisted queries: a client sends the SHA-256 of a text alone; when that is not known here it sends both, once.
 * (https://www.apollographql.com/docs/apollo-server/performance/apq)
 */
export class AutomaticOperations implements PersistedOperations {
  readonly name = 'persisted operations';

  constructor(private readonly texts: OperationTexts) {}

  start(): Promise<void> {
    return this.texts.start();
  }

  stop(): Promise<void> {
    return this.texts.stop();
  }

  async complete({ query, persisted, operationName, variables }: SentOperation): Promise<OperationRequest> {
    if (query !== undefined && persisted !== undefined && hashOf(query) !== persisted)
      throw badInput('the hash is not the SHA-256 of the query', 'extensions.persistedQuery.sha256Hash');
    const text = query ?? (persisted !== undefined && isHash(persisted) ? await this.texts.get(persisted) : undefined);
    // Clients know that they should send the text by these words, and by the status of an answer.
    if (text === undefined) throw new AppError('NOT_FOUND', 'PersistedQueryNotFound', { status: 200 });
    return { query: text, operationName, variables };
  }

  async remember({ query, persisted }: SentOperation): Promise<void> {
    if (query !== undefined && persisted !== undefined) await this.texts.set(persisted, query);
  }
}

const hashOf = (text: string) => createHash('sha256').update(text).digest('hex');
const isHash = (text: string) => /^[0-9a-f]{64}$/.test(text);
