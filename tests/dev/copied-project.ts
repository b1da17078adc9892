import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

/** This project's files in another folder, to be edited there, with the packages that are installed here. */
export function copiedProject(): { folder: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'shop-edited-'));
  const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { encoding: 'utf8' });
  for (const file of files.trim().split('\n').filter(existsSync)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    cpSync(file, join(folder, file), { preserveTimestamps: true });
  }
  linkPackages('node_modules', join(folder, 'node_modules'));
  for (const workspace of [
    'shared',
    'gateway',
    'system',
    ...readdirSync('subgraphs').map((name) => `subgraphs/${name}`),
  ]) {
    const own = join(workspace, 'node_modules');
    if (existsSync(own)) symlinkSync(resolve(own), join(folder, own));
    const link = join(folder, 'node_modules', '@shop', workspace.split('/').at(-1) ?? '');
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(folder, workspace), link);
  }
  // By which the launcher knows that they are those of the lock file.
  writeFileSync(join(folder, 'node_modules', '.package-lock.json'), '{}');
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

function linkPackages(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(from).filter((entry) => !entry.startsWith('.') && entry !== '@shop')) {
    if (name.startsWith('@')) linkPackages(join(from, name), join(to, name));
    else symlinkSync(resolve(from, name), join(to, name));
  }
}
