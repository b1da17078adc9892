import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { npmAnswer } from '../launch/npm.mjs';

/** Something that a registry which knows of advisories has known one of since 2020. */
const KNOWN = { name: 'minimist', version: '0.0.8' };

/**
 * What npm's registry knows of the packages of a lock file: reports of `npm audit --json`, of what runs and of everything. A
 * registry that can't be asked, or knows nothing even of what everybody knows, is an Error that says so.
 */
export async function auditReports(root) {
  const [running, all, known] = await Promise.all([
    report(root, '--omit=dev'),
    report(root),
    inFolderOfTheKnown((folder) => report(folder)),
  ]);
  if (!(KNOWN.name in known.vulnerabilities))
    throw new Error(`it finds nothing even in ${KNOWN.name} ${KNOWN.version}`);
  return { running, all };
}

async function report(folder, ...args) {
  const { output } = await npmAnswer(['audit', '--json', '--package-lock-only', ...args], folder);
  const answer = parsed(output);
  if (answer?.auditReportVersion === 2 && typeof answer.vulnerabilities === 'object') return answer;
  // Without the address: a registry of one's own may have credentials in it.
  throw new Error(String(answer?.message ?? 'npm audit gave no report').replace(/\S+:\/\/\S+/g, '...'));
}

async function inFolderOfTheKnown(work) {
  const folder = mkdtempSync(join(tmpdir(), 'audit-'));
  const { name, version } = KNOWN;
  const manifest = { name: 'known', version: '0.0.0', dependencies: { [name]: version } };
  const packages = { '': manifest, [`node_modules/${name}`]: { version } };
  try {
    writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
    const lock = { name: manifest.name, lockfileVersion: 3, requires: true, packages };
    writeFileSync(join(folder, 'package-lock.json'), JSON.stringify(lock));
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
