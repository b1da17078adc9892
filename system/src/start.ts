import { Cleanup } from './cleanup.js';
import { provideDatabaseServer } from './database-server.js';
import { loadSystem, startEmbedded } from './embedded.js';
import { addressOf, environments, type Environment } from './environment.js';
import { untilPortsAreFree } from './free-the-ports.js';
import { aborted, interruption } from './interruption.js';
import { planPorts } from './ports.js';
import { startProcesses } from './processes.js';
import { untilReadyAt } from './readiness.js';
import { dataFolderOf, developmentSecrets } from './secrets.js';
import { welcome } from './welcome.js';

/** `npm start`: the whole system, until Ctrl-C. */
const STOP_MS = 10_000;

const say = (sentence: string): void => void process.stdout.write(`${sentence}\n`);
const signal = interruption(STOP_MS);
const cleanup = new Cleanup();

try {
  await start(process.cwd(), process.env);
  await aborted(signal);
  say('Stopping ...');
} catch (error) {
  if (!signal.aborted) {
    process.exitCode = 1;
    say(error instanceof Error ? error.message : String(error));
  }
}
const clean = await cleanup.run(say);
process.exit(process.exitCode ?? (clean ? 0 : 1));

async function start(root: string, outer: Environment): Promise<void> {
  const asProcesses = Boolean(outer['RABBITMQ_URL'] && outer['REDIS_URL']);
  const dataFolder = dataFolderOf(root, outer);
  const ports = planPorts(outer);
  await untilPortsAreFree(ports, outer['HOST'] || '127.0.0.1', say);

  say(asProcesses ? 'Starting the shop, each service as its own process ...' : 'Starting the shop in one process ...');
  const loading = asProcesses ? undefined : loadSystem();
  loading?.catch(() => undefined);
  const secrets = developmentSecrets(dataFolder);
  const serverUrl = await provideDatabaseServer(outer, dataFolder, cleanup, say);
  signal.throwIfAborted();

  const each = environments({ outer, ports, secrets, serverUrl });
  const address = addressOf(ports.gateway, each.gateway['HOST']);
  if (loading) {
    await startEmbedded(await loading, each, cleanup);
    await untilReadyAt(address, { seconds: 60, signal });
  } else {
    await startProcesses(root, each, cleanup, say, signal);
  }
  say(welcome({ address, each, tookSeconds: process.uptime() }));
}
