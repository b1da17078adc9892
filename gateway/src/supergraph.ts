import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { SupergraphSdlHook, SupergraphSdlUpdateFunction } from '@apollo/gateway';
import { StartError, systemMistake } from '@shop/shared/lifecycle/start-error';
import type { Logger } from '@shop/shared/logging/logger';
import { composedBeside, composeSupergraph, isComposedOf, readRecipe, readSchemas } from './compose-supergraph.js';
import type { GatewayConfig } from './config.js';
import { WatchedFiles } from './watched-files.js';

/**
 * Where the supergraph comes from: a composed file, or composed from a recipe. Either is read again when one of its files
 * changes; a change that can't be used is logged, and the supergraph stays as it was.
 */
export class SupergraphSource {
  private readonly files = new WatchedFiles(() => void this.reload());
  private update: SupergraphSdlUpdateFunction = () => undefined;

  constructor(
    private readonly from: GatewayConfig['supergraph'],
    private readonly logger: Logger,
  ) {}

  /** Whether it is composed here, and with that held against every rule. */
  get isComposedHere(): boolean {
    return 'recipeFile' in this.from;
  }

  /** What `ApolloGateway` is given as its `supergraphSdl`. */
  readonly initialize: SupergraphSdlHook = async ({ update }) => {
    this.update = update;
    try {
      return { supergraphSdl: await this.load(), cleanup: async () => this.files.close() };
    } catch (error) {
      this.files.close();
      const { message } = error as Error;
      throw new StartError(`the supergraph can't be loaded: ${systemMistake(error as Error) ?? message}`, {
        cause: error,
      });
    }
  };

  private async load(): Promise<string> {
    if ('composedFile' in this.from) {
      this.files.watch([this.from.composedFile]);
      return await readFile(this.from.composedFile, 'utf8');
    }
    const recipe = await readRecipe(this.from.recipeFile);
    this.files.watch([this.from.recipeFile, ...recipe.map(({ schemaFile }) => schemaFile)]);
    const subgraphs = await readSchemas(recipe);
    const composed = await readFile(path.join(path.dirname(this.from.recipeFile), composedBeside), 'utf8').catch(
      () => '',
    );
    return isComposedOf(composed, subgraphs) ? composed : composeSupergraph(subgraphs);
  }

  private async reload(): Promise<void> {
    try {
      const sdl = await this.load();
      // Closed meanwhile: there is nobody left to tell.
      if (!this.files.closed) this.update(sdl);
      this.logger.info('the supergraph was read again');
    } catch (error) {
      this.logger.error({ err: error }, 'a changed schema was refused; the supergraph stays as it was');
    }
  }
}
