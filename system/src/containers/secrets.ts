import { join } from 'node:path';
import { containerSecrets } from './container-files.js';
import { writeSecrets } from './write-secrets.js';

/**
 * The first container: makes the secrets of a shop in containers once, and writes each container's into the folder that it
 * alone is given of `/secrets`. With `show` it only says what somebody on this machine needs, and works.
 */
const root = process.env['SECRETS_FOLDER'] || '/secrets';

try {
  if (process.argv[2] === 'show') {
    const { toShow, objection } = containerSecrets(join(root, 'kept'), process.env);
    process.stdout.write(toShow);
    if (objection !== undefined) process.stderr.write(`${objection}\n`);
  } else writeSecrets(root, process.env);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
