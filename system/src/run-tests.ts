import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { join } from 'node:path';
import { aborted, interruption } from './interruption.js';
import { provideTestServers, type ServerUrls } from './servers/test-servers.js';

/**
 * `npm test`: jest, with its own arguments, against real servers, and with a browser, for as long as it runs;
 * without them where TEST_SERVERS is "own", for a test that brings its own.
 */
const root = process.cwd();
const say = (sentence: string): void => void process.stderr.write(`${sentence}\n`);
const signal = interruption(30_000);

process.exit(await runTests(process.argv.slice(2)));

async function runTests(args: readonly string[]): Promise<number> {
  try {
    if (process.env['TEST_SERVERS'] === 'own') return await runJest(args, {});
    say('Starting PostgreSQL, RabbitMQ and Redis for the tests (those without a URL) ...');
    const servers = await provideTestServers(process.env, join(root, '.cache'), say);
    try {
      return signal.aborted ? 130 : await runJest(args, servers.urls);
    } finally {
      await servers.stop();
    }
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
    return 1;
  }
}

function runJest(args: readonly string[], urls: Partial<ServerUrls>): Promise<number> {
  const jest = join(root, 'node_modules', 'jest', 'bin', 'jest.js');
  const flags = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
  return new Promise((resolve, reject) => {
    const env = { ...process.env, ...urls };
    const child = spawn(process.execPath, [...flags, jest, ...args], { env, stdio: 'inherit' });
    void aborted(signal).then(() => child.kill('SIGTERM'));
    child.once('error', reject);
    child.once('close', (code, name) => resolve(code ?? 128 + constants.signals[name ?? 'SIGTERM']));
  });
}
