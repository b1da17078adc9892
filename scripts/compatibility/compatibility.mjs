// `npm run compatibility -- --against REF`: whether clients and messages of another version still get on with this one.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { say } from '../launch/say.mjs';
import { announced } from './changelog.mjs';
import { eventBreaks } from './events.mjs';
import { graphBreaks } from './graph.mjs';
import { openApiBreaks } from './openapi.mjs';

const GRAPH = 'gateway/supergraph.graphql';
const EVENTS = 'docs/contracts/events.json';
const ROUTES = 'docs/contracts/openapi';
const CHANGELOG = 'CHANGELOG.md';

/**
 * Compares the public graph, the REST routes and the events with those of a git commit, and says every breaking change.
 * @returns {Promise<boolean>} whether each stands in the change log, or there is none
 */
export async function compatibility(root, args) {
  const { values } = parseArgs({ args, options: { against: { type: 'string' } } });
  const against =
    values.against ??
    ['origin/main', 'main'].find((ref) => git(root, 'rev-parse', '--verify', '--quiet', ref) !== undefined);
  const commit = git(root, 'rev-parse', '--verify', '--quiet', `${against}^{commit}`)?.trim();
  if (!commit)
    throw new Error(
      `There is no commit "${against}" to compare with; name one: npm run compatibility -- --against REF`,
    );
  const breaks = await breaksSince(root, commit);
  const names = announced(read(root, CHANGELOG) ?? '', git(root, 'show', `${commit}:${CHANGELOG}`) ?? '');
  for (const { what, says } of breaks) say(`${names.has(what) ? 'announced' : 'BREAKING'}: ${what}: ${says}`);
  const silent = breaks.filter(({ what }) => !names.has(what));
  if (silent.length > 0)
    say(
      `Each needs a line under "Unreleased" in ${CHANGELOG}, such as: - **Breaking:** \`${silent[0].what}\` ...: why, and what to do.`,
    );
  else
    say(
      `Nothing breaks since ${against} (${commit.slice(0, 9)})${breaks.length > 0 ? ' that the change log does not say' : ''}.`,
    );
  return silent.length === 0;
}

async function breaksSince(root, commit) {
  const before = (file) => git(root, 'show', `${commit}:${file}`);
  const breaks = [];
  const [oldGraph, newGraph] = [before(GRAPH), read(root, GRAPH)];
  if (oldGraph !== undefined) breaks.push(...(await graphBreaks(oldGraph, newGraph)));
  const oldEvents = before(EVENTS);
  if (oldEvents !== undefined) breaks.push(...eventBreaks(JSON.parse(oldEvents), JSON.parse(read(root, EVENTS))));
  for (const file of filesAt(root, commit, ROUTES))
    breaks.push(...openApiBreaks(JSON.parse(before(file)), JSON.parse(read(root, file) ?? '{"paths":{}}')));
  return breaks;
}

function filesAt(root, commit, folder) {
  return (git(root, 'ls-tree', '--name-only', '-r', commit, folder) ?? '')
    .split('\n')
    .filter((file) => file.endsWith('.json'));
}

function read(root, file) {
  const path = join(root, file);
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}

/** What git prints; undefined when it fails, as for a file that was not there. */
function git(root, ...words) {
  const { status, stdout } = spawnSync('git', words, { cwd: root, encoding: 'utf8', maxBuffer: 2 ** 26 });
  return status === 0 ? stdout : undefined;
}
