import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';

const script = resolve(import.meta.dirname, '../../scripts/supply-chain/audit.mjs');
const BULK = '/-/npm/v1/security/advisories/bulk';

interface Advisory {
  readonly id: number;
  readonly url: string;
  readonly title: string;
  readonly severity: string;
  readonly vulnerable_versions: string;
}

const advisory = (severity: string, id: number): Advisory => ({
  ...{ id, severity, title: `a ${severity} weakness`, vulnerable_versions: '*' },
  url: `https://github.com/advisories/GHSA-aaaa-bbbb-${id}`,
});
/** What every registry knows, and the check asks for to see whether it gets answers. */
const minimist = [advisory('critical', 1179)];
const exception = (name: string, id: number, lookAgain = '2999-01-01') => ({
  ...{ package: name, advisory: `GHSA-aaaa-bbbb-${id}`, reason: 'is never called', lookAgain },
});

describe('npm run audit', () => {
  let registry: Server;
  let folder: string;
  let answer: RequestListener;

  beforeAll(async () => {
    registry = createServer((request, response) => answer(request, response));
    await new Promise<void>((listening) => registry.listen(0, '127.0.0.1', listening));
  });
  afterAll(async () => {
    registry.closeAllConnections();
    await new Promise((closed) => registry.close(closed));
  });
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'shop-audit-'));
    const root = { dependencies: { runs: '1.0.0' }, devDependencies: { tests: '1.0.0' } };
    write('package.json', { name: 'audited', version: '1.0.0', ...root });
    const packages = {
      ...{ '': { name: 'audited', version: '1.0.0', ...root }, 'node_modules/runs': { version: '1.0.0' } },
      'node_modules/tests': { version: '1.0.0', dev: true },
    };
    write('package-lock.json', { name: 'audited', version: '1.0.0', lockfileVersion: 3, requires: true, packages });
    mkdirSync(join(folder, 'scripts/supply-chain'), { recursive: true });
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const write = (file: string, content: unknown) => writeFileSync(join(folder, file), JSON.stringify(content));

  /** A registry that knows this; of what it is not asked it says nothing. */
  const knowing = (advisories: Record<string, readonly Advisory[]>) => {
    answer = (request, response) => {
      void buffer(request).then((body) => {
        if (request.url !== BULK) return response.writeHead(404).end();
        const asked = JSON.parse(
          String(request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body),
        ) as object;
        const known = Object.entries(advisories).filter(([name]) => name in asked);
        return response
          .writeHead(200, { 'content-type': 'application/json' })
          .end(JSON.stringify(Object.fromEntries(known)));
      });
    };
  };

  const audit = (exceptions: unknown, environment: Record<string, string> = {}) => {
    write('scripts/supply-chain/audit-exceptions.json', exceptions);
    const { port } = registry.address() as AddressInfo;
    const { GITHUB_ACTIONS: _ours, ...rest } = process.env;
    const settings = { npm_config_registry: `http://127.0.0.1:${port}/`, npm_config_cache: join(folder, 'cache') };
    const code = `(await import(${JSON.stringify(script)})).audit(${JSON.stringify(folder)})`;
    return new Promise<{ code: number; said: string }>((done) => {
      const child = execFile(
        process.execPath,
        ['--input-type=module', '-e', code],
        { env: { ...rest, ...settings, npm_config_fetch_retries: '0', ...environment } },
        (_error, _stdout, said) => done({ code: child.exitCode ?? -1, said }),
      );
    });
  };

  it('is content when nothing is known, or too little of what only development uses', async () => {
    knowing({ minimist, tests: [advisory('moderate', 1001)] });
    const { code, said } = await audit([]);
    expect(said).toContain('No known weakness without an exception (0)');
    expect(code).toBe(0);
  });

  it.each<[where: string, name: string, severity: string]>([
    ['in what runs', 'runs', 'low'],
    ['in development only', 'tests', 'high'],
  ])('fails on a weakness %s that has no exception, and not on one that has', async (where, name, severity) => {
    knowing({ minimist, [name]: [advisory(severity, 1002)] });
    const found = await audit([]);
    expect(found.said).toContain(`${name} GHSA-aaaa-bbbb-1002 (${severity}, ${where}): a ${severity} weakness`);
    expect(found.code).toBe(1);
    expect(await audit([exception(name, 1002)])).toMatchObject({ code: 0 });
  });

  it('fails on an exception that no finding needs', async () => {
    knowing({ minimist, runs: [advisory('high', 1003)] });
    const { code, said } = await audit([exception('runs', 1003), exception('runs', 1004), exception('tests', 1003)]);
    for (const idle of ['runs GHSA-aaaa-bbbb-1004', 'tests GHSA-aaaa-bbbb-1003'])
      expect(said).toContain(`${idle}: no finding needs this exception any more`);
    expect(said).not.toContain('runs GHSA-aaaa-bbbb-1003');
    expect(code).toBe(1);
  });

  it.each<[string, unknown, string]>([
    ['without a reason', [{ ...exception('runs', 1005), reason: ' ' }], 'exception 1 has no reason'],
    ['whose day has come', [exception('runs', 1005, '2026-01-01')], 'was to be looked at again by 2026-01-01'],
    ['of a day that is none', [exception('runs', 1005, '2999-13-01')], '2999-13-01 is no day'],
    ['in no list', {}, 'the exceptions are no list'],
  ])('fails on an exception %s, whatever the registry knows', async (_what, exceptions, sentence) => {
    knowing({ minimist, runs: [advisory('high', 1005)] });
    const { code, said } = await audit(exceptions);
    expect(said).toContain(sentence);
    expect(code).toBe(1);
  });

  it.each<[string, () => void]>([
    ['refuses to be asked', () => (answer = (_request, response) => void response.writeHead(405).end())],
    ['answers, but knows nothing of what everybody knows', () => knowing({})],
    ['answers nonsense', () => (answer = (_request, response) => void response.writeHead(200).end('<html>'))],
  ])('says so where the registry %s: a notice, and a failure in CI', async (_what, prepare) => {
    prepare();
    const here = await audit([]);
    expect(here.said).toContain("NOTHING WAS AUDITED: npm's registry gives no answer from here");
    expect(here.said).not.toContain('127.0.0.1');
    expect(here.code).toBe(0);
    expect(await audit([], { GITHUB_ACTIONS: 'true' })).toMatchObject({ code: 1 });
  });
});
