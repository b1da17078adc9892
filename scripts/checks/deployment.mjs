// `npm run lint:deployment`: whether Docker, compose and GitHub would take the files that are written for them.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { validateWorkflow } from '@action-validator/core';
import { validate } from 'dockerfile-utils';
import { say } from '../launch/say.mjs';

const linter = join(import.meta.dirname, '..', '..', 'node_modules', 'dclint', 'bin', 'dclint.cjs');

/**
 * Says what is wrong with the files below `root`; where there is a Docker with compose, it is asked too.
 * @returns {boolean} whether nothing is
 */
export function checkDeployment(root) {
  const complaints = [...dockerfile(root), ...compose(root), ...workflows(root)];
  for (const complaint of complaints) say(complaint);
  if (complaints.length === 0) say('The Dockerfile, docker-compose.yml and the workflows are as they should be.');
  return complaints.length === 0;
}

function dockerfile(root) {
  const text = readFileSync(join(root, 'Dockerfile'), 'utf8');
  return validate(text).map(({ range, message }) => `Dockerfile:${range.start.line + 1}: ${message}`);
}

function compose(root) {
  const file = join(root, 'docker-compose.yml');
  const config = join(root, '.dclintrc.json');
  const linted = run(process.execPath, [linter, '--max-warnings', '0', '--config', config, file]);
  const complaints = linted.failed ? [`docker-compose.yml: ${linted.output}`] : [];
  if (run('docker', ['compose', 'version']).failed) {
    say(
      'There is no docker compose here, so docker-compose.yml was held against its schema and the rules of dclint alone.',
    );
    return complaints;
  }
  const read = run('docker', ['compose', '--file', file, 'config', '--quiet']);
  return read.failed ? [...complaints, `docker-compose.yml: ${read.output}`] : complaints;
}

function workflows(root) {
  const folder = join(root, '.github', 'workflows');
  if (!existsSync(folder)) return [];
  return readdirSync(folder).flatMap((name) => {
    const text = readFileSync(join(folder, name), 'utf8');
    const invalid = validateWorkflow(text).errors.map(({ path, title, detail }) =>
      [title, path, detail].filter(Boolean).join(': '),
    );
    // A tag may be moved to other code; a commit can't.
    const loose = [...text.matchAll(/uses: *(?!\.\/)(\S+?)(?<!@[0-9a-f]{40})(?:\s|$)/gm)].map(
      ([, used]) => `${used} is not pinned to a commit`,
    );
    return [...invalid, ...loose].map((complaint) => `.github/workflows/${name}: ${complaint}`);
  });
}

function run(program, args) {
  const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: 'utf8' });
  return { failed: status !== 0, output: error?.message ?? (stdout + stderr).trim() };
}
