import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { npm } from './npm.mjs';
import { say, sayingProgress } from './say.mjs';

/** MikroORM 7 asks for Node 22.17. */
export function isNewEnough(version) {
  const [major, minor] = version.split('.').map(Number);
  return major > 22 || (major === 22 && minor >= 17);
}

/**
 * The path of a Node 24, from npm, under .cache: fetched on the first call. It is the platform's package out of which
 * the package `node@24` takes its program, so that it works where install scripts are off.
 */
export async function node24(root) {
  const windows = process.platform === 'win32';
  const platform = windows ? 'win' : process.platform;
  const prefix = platform === 'darwin' && process.arch === 'arm64' ? 'node-bin' : 'node';
  const name = `${prefix}-${platform}-${process.arch}`;
  const folder = join(root, '.cache', 'node24');
  const program = join(folder, 'node_modules', name, 'bin', windows ? 'node.exe' : 'node');
  if (existsSync(program)) return program;

  say(
    `This machine's Node is ${process.versions.node}, and Node 22.17 or later is needed: fetching Node 24 from npm ...`,
  );
  const draft = `${folder}.${process.pid}`;
  mkdirSync(draft, { recursive: true });
  writeFileSync(join(draft, 'package.json'), '{ "private": true }\n');
  try {
    await sayingProgress('Fetching Node 24', npm(['install', '--prefix', draft, `${name}@24`], draft));
    rmSync(folder, { recursive: true, force: true });
    renameSync(draft, folder);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  return program;
}
