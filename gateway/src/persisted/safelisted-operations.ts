import { readFile } from 'node:fs/promises';
import { forbidden, notFound } from '@shop/shared/errors/app-error';
import { StartError, systemMistake } from '@shop/shared/lifecycle/start-error';
import type { Logger } from '@shop/shared/logging/logger';
import type { OperationRequest, SentOperation } from '../subscriptions/operation-request.js';
import { WatchedFiles } from '../watched-files.js';
import { comparableText, readManifest, type Safelist } from './manifest.js';
import type { PersistedOperations } from './persisted-operations.js';

/**
 * Only the operations of a list run, asked for by their ids or by their texts. The list is read again when its file changes;
 * one that can't be used is logged, and the list stays as it was.
 */
export class SafelistedOperations implements PersistedOperations {
  readonly name = 'persisted operations';
  private readonly files = new WatchedFiles(() => void this.reload());
  private list: Safelist = { byId: new Map(), texts: new Set() };

  constructor(
    private readonly file: string,
    private readonly logger: Logger,
  ) {}

  async start(): Promise<void> {
    try {
      await this.load();
    } catch (error) {
      const reason = systemMistake(error as Error) ?? (error as Error).message;
      throw new StartError(`PERSISTED_OPERATIONS_FILE can't be used: ${this.file}: ${reason}`, { cause: error });
    }
    this.files.watch([this.file]);
  }

  async stop(): Promise<void> {
    this.files.close();
  }

  async complete({ query, persisted, operationName, variables }: SentOperation): Promise<OperationRequest> {
    const { byId, texts } = this.list;
    if (query === undefined) {
      const listed = persisted === undefined ? undefined : byId.get(persisted);
      if (listed === undefined) throw notFound('no operation of this id may be run here');
      return { query: listed, operationName, variables };
    }
    const comparable = comparableText(query);
    if (comparable === null || !texts.has(comparable))
      throw forbidden('only operations that are listed may be run here');
    return { query, operationName, variables };
  }

  async remember(): Promise<void> {}

  private async load(): Promise<void> {
    this.list = readManifest(await readFile(this.file, 'utf8'));
  }

  private async reload(): Promise<void> {
    try {
      await this.load();
      this.logger.info({ operations: this.list.byId.size }, 'the list of operations was read again');
    } catch (error) {
      this.logger.error({ err: error }, 'a changed list of operations was refused; it stays as it was');
    }
  }
}
