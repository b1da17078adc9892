import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { say } from '../launch/say.mjs';
import { auditReports } from './ask-npm.mjs';
import { faultsOf, findingsIn, mistakesIn } from './findings.mjs';

/** Findings that are lived with, each with its reason. */
const EXCEPTIONS = 'scripts/supply-chain/audit-exceptions.json';

/**
 * `npm run audit`: fails on every known weakness of what runs, and on every grave one of what development uses, that has no
 * exception; and on an exception that is not needed, or whose day has come. Where the registry can't be asked this says so,
 * and fails in GitHub's CI, where it can be.
 */
export async function audit(root, environment = process.env) {
  const exceptions = JSON.parse(readFileSync(join(root, EXCEPTIONS), 'utf8'));
  const faults = faultsOf(exceptions, new Date().toISOString().slice(0, 10));
  if (faults.length > 0) return failed(faults);
  let reports;
  try {
    reports = await auditReports(root);
  } catch (error) {
    say(`NOTHING WAS AUDITED: npm's registry gives no answer from here (${error.message}).`);
    if (environment.GITHUB_ACTIONS === 'true') process.exitCode = 1;
    return;
  }
  const found = { running: findingsIn(reports.running), all: findingsIn(reports.all) };
  const mistakes = mistakesIn(found, exceptions);
  if (mistakes.length > 0) return failed(mistakes);
  const { prod, total } = reports.all.metadata.dependencies;
  say(`No known weakness without an exception (${exceptions.length}) in ${total} packages, of which ${prod} run.`);
}

function failed(sentences) {
  for (const sentence of sentences) say(sentence);
  say(`An exception, with its reason, belongs into ${EXCEPTIONS}.`);
  process.exitCode = 1;
}
