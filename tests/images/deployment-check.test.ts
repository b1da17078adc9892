import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

describe('npm run lint:deployment', () => {
  const folder = mkdtempSync(join(tmpdir(), 'shop-deployment-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const files = ['Dockerfile', 'docker-compose.yml', '.dclintrc.json', '.github', 'ops'];

  /** With one file other than it is. */
  function check(file?: string, from: RegExp | string = '', to = '') {
    for (const name of files) cpSync(name, join(folder, name), { recursive: true });
    if (file) {
      const text = readFileSync(file, 'utf8');
      expect(text).toMatch(from);
      writeFileSync(join(folder, file), text.replace(from, to));
    }
    const script = `import(${JSON.stringify(join(process.cwd(), 'scripts/checks/deployment.mjs'))}).then(({ checkDeployment }) => process.exit(checkDeployment(process.argv[1]) ? 0 : 1))`;
    const { status, stderr } = spawnSync(process.execPath, ['-e', script, folder], { encoding: 'utf8' });
    return { status, says: stderr };
  }

  it('takes the files as they are', () => {
    expect(check()).toEqual({ status: 0, says: expect.stringContaining('as they should be') });
  });

  it.each([
    ['an unknown instruction', 'Dockerfile', 'STOPSIGNAL SIGTERM', 'STOPSIGNL SIGTERM', /Dockerfile:\d+: /],
    ['a health check without a command', 'Dockerfile', / CMD \["node", "healthcheck\.mjs"\]/, '', /Dockerfile:\d+: /],
    [
      'a word that compose does not know',
      'docker-compose.yml',
      'stop_grace_period:',
      'stop_grace:',
      /docker-compose\.yml: /,
    ],
    ['an image of any version', 'docker-compose.yml', 'redis:8.2.9', 'redis', /docker-compose\.yml: /],
    ['a port that is open to all', 'docker-compose.yml', '127.0.0.1:6379:', '6379:', /docker-compose\.yml: /],
    ['a step that nothing can run', '.github/workflows/ci.yml', 'runs-on:', 'runs:', /ci\.yml: /],
    [
      'an action that may change',
      '.github/workflows/ci.yml',
      /@[0-9a-f]{40} # v[\d.]+/,
      '@v4',
      /ci\.yml: actions\/\w+@v4 is not pinned/,
    ],
  ])('refuses %s', (_name, file, from, to, complaint) => {
    expect(check(file, from, to)).toEqual({ status: 1, says: expect.stringMatching(complaint) });
  });
});
