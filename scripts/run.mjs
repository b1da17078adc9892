#!/usr/bin/env node
// The one launcher behind every npm verb. Plain JavaScript for any Node from 18, as nothing may be installed yet.
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from './launch/build.mjs';
import { bundle } from './launch/bundle.mjs';
import { installDependencies } from './launch/install.mjs';
import { isNewEnough, node24 } from './launch/node24.mjs';
import { runNode } from './launch/run-node.mjs';
import { say } from './launch/say.mjs';
import { verbs } from './launch/verbs.mjs';
import { stopWhenNobodyWantsUs } from './launch/while-wanted.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const [verb = '', ...args] = process.argv.slice(2);

// Whoever read what we say may be gone: what we run goes on, and is still ours to stop.
for (const output of [process.stdout, process.stderr]) output.on('error', () => undefined);

try {
  process.chdir(root);
  stopWhenNobodyWantsUs();
  await launch();
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}

async function launch() {
  if (!Object.hasOwn(verbs, verb)) {
    throw new Error(`"${verb}" is no verb of this project; there are ${Object.keys(verbs).join(', ')}.`);
  }
  if (!isNewEnough(process.versions.node)) {
    const node = await node24(root);
    process.exitCode = await runNode([fileURLToPath(import.meta.url), verb, ...args], { node });
    return;
  }
  await installDependencies(root);
  const { built, bundled, run, settings } = verbs[verb];
  // What the environment says itself goes before what the file says.
  if (settings && existsSync('.env')) process.loadEnvFile('.env');
  if (built) await build(root);
  if (bundled) await bundle(root);
  await run(args);
}
