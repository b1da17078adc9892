import { createPrivateKey } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { developmentSecrets } from '../src/secrets.js';
import { keptSecret } from '../src/servers/kept-secret.js';

describe('the secrets of a checkout', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'shop-secrets-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  it('are made once, and then the same', () => {
    const first = developmentSecrets(folder);
    expect(developmentSecrets(folder)).toEqual(first);
    expect(createPrivateKey(first.jwtPrivateKey).asymmetricKeyDetails?.modulusLength).toBe(2048);
    expect(first.ordersIdentitySecret).toMatch(/^[\w-]{43}$/);
    expect(first.gatewaySecret).toMatch(/^[\w-]{43}$/);
    expect(first.adminPassword).toMatch(/^[\w-]{16}$/);
  });

  it('are readable by their owner only', () => {
    developmentSecrets(folder);
    const secrets = join(folder, 'secrets');
    expect(statSync(secrets).mode & 0o777).toBe(0o700);
    expect(readdirSync(secrets)).toHaveLength(4);
    for (const name of readdirSync(secrets)) expect(statSync(join(secrets, name)).mode & 0o777).toBe(0o600);
  });

  it('stay what they were when another process was first', () => {
    const file = join(folder, 'secrets', 'one');
    const loser = () => keptSecret(file, () => (keptSecret(file, () => 'the first'), 'the second'));
    expect(loser()).toBe('the first');
    expect(readdirSync(join(folder, 'secrets'))).toEqual(['one']);
  });
});
