import { unwatchFile, watchFile } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { SupergraphSdlHook, SupergraphSdlUpdateFunction } from '@apollo/gateway';
import { StartError, systemMistake } from '@shop/shared/lifecycle/start-error';
import type { Logger } from '@shop/shared/logging/logger';
import { composeSupergraph, readRecipe } from './compose-supergraph.js';
import type { GatewayConfig } from './config.js';

/** Files are looked at rather than watched: that also sees changes over bind mounts, and files that are replaced. */
const LOOK_EVERY_MS = 300;
/** A formatter or a checkout touches several files in a row: one composition for all of them. */
const SETTLE_MS = 100;

/**
 * Where the supergraph comes from: a composed file, or composed from a recipe. Either is read again when one of its files
 * changes; a change that can't be used is logged, and the supergraph stays as it was.
 */
export class SupergraphSource {
  private watched: string[] = [];
  private settling: NodeJS.Timeout | undefined;
  private update: SupergraphSdlUpdateFunction = () => undefined;

  constructor(
    private readonly from: GatewayConfig['supergraph'],
    private readonly logger: Logger,
  ) {}

  /** What `ApolloGateway` is given as its `supergraphSdl`. */
  readonly initialize: SupergraphSdlHook = async ({ update }) => {
    this.update = update;
    try {
      return { supergraphSdl: await this.load(), cleanup: async () => this.close() };
    } catch (error) {
      this.close();
      const { message } = error as Error;
      throw new StartError(`the supergraph can't be loaded: ${systemMistake(error as Error) ?? message}`, {
        cause: error,
      });
    }
  };

  private async load(): Promise<string> {
    if ('composedFile' in this.from) {
      this.watch([this.from.composedFile]);
      return await readFile(this.from.composedFile, 'utf8');
    }
    const recipe = await readRecipe(this.from.recipeFile);
    this.watch([this.from.recipeFile, ...recipe.map(({ schemaFile }) => schemaFile)]);
    return await composeSupergraph(recipe);
  }

  private watch(files: string[]): void {
    const gone = this.watched.filter((file) => !files.includes(file));
    const added = files.filter((file) => !this.watched.includes(file));
    for (const file of gone) unwatchFile(file, this.changed);
    for (const file of added) watchFile(file, { interval: LOOK_EVERY_MS, persistent: false }, this.changed);
    this.watched = files;
  }

  private readonly changed = (): void => {
    clearTimeout(this.settling);
    this.settling = setTimeout(() => void this.reload(), SETTLE_MS);
  };

  private async reload(): Promise<void> {
    try {
      const sdl = await this.load();
      // Closed meanwhile: there is nobody left to tell.
      if (this.watched.length > 0) this.update(sdl);
      this.logger.info('the supergraph was read again');
    } catch (error) {
      this.logger.error({ err: error }, 'a changed schema was refused; the supergraph stays as it was');
    }
  }

  private close(): void {
    clearTimeout(this.settling);
    for (const file of this.watched) unwatchFile(file, this.changed);
    this.watched = [];
  }
}
