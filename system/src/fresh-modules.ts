import { registerHooks } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/**
 * Loads the code of a folder anew in a process that has loaded it before: its modules get addresses of their own, by a query,
 * while the packages that they import stay the ones that are there.
 */
export class FreshModules {
  private readonly versions = new Map<string, number>();

  constructor() {
    registerHooks({
      resolve: (specifier, context, next) => {
        const resolved = next(specifier, context);
        const folder = [...this.versions.keys()].find((each) => resolved.url.startsWith(each));
        return folder === undefined ? resolved : { ...resolved, url: `${resolved.url}?${this.versions.get(folder)}` };
      },
    });
  }

  /** The module of a file in a folder, as both are now, with all that it needs of that folder. */
  async import<Module>(folder: string, file: string): Promise<Module> {
    const prefix = pathToFileURL(join(folder, '/')).href;
    this.versions.set(prefix, (this.versions.get(prefix) ?? 0) + 1);
    return (await import(pathToFileURL(join(folder, file)).href)) as Module;
  }
}
