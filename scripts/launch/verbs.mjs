import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { runNode } from './run-node.mjs';

/**
 * What `npm run <verb>` does once the dependencies are there; `built`: after the build.
 * @type {Record<string, {built: boolean, run: (args: string[]) => unknown}>}
 */
export const verbs = {
  start: ours('system/dist/start.js'),
  test: ours('system/dist/run-tests.js'),
  dev: { built: false, run: async () => (await import('./dev.mjs')).dev(process.cwd()) },
  build: { built: true, run: () => undefined },
  lint: tool('node_modules/eslint/bin/eslint.js', ['.']),
  format: tool('node_modules/prettier/bin/prettier.cjs', ['--write', '--log-level=warn', '.']),
  typecheck: tool('node_modules/typescript/bin/tsc', ['-p', 'tsconfig.json']),
  compose: ours('gateway/dist/compose.js'),
  gateway: ours('gateway/dist/main.js'),
  demo: ours('system/dist/demo.js'),
  migrate: ours('system/dist/migrate.js'),
  seed: ours('system/dist/seed.js'),
  servers: ours('system/dist/serve-test-servers.js'),
};

/** A script of ours, run in this process (its arguments in process.argv), so that a start doesn't wait for another Node. */
function ours(file) {
  return {
    built: true,
    run: async (args) => {
      process.setSourceMapsEnabled(true);
      const path = join(process.cwd(), file);
      process.argv = [process.execPath, path, ...args];
      await import(pathToFileURL(path).href);
    },
  };
}

/** A tool's script, run in a process of its own, with its usual arguments unless others are given. */
function tool(script, usual) {
  return {
    built: false,
    run: async (args) => {
      process.exitCode = await runNode([script, ...(args.length > 0 ? args : usual)]);
    },
  };
}
