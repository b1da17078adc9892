import { Cleanup } from './cleanup.js';
import { checkConfiguration } from './check-configuration.js';
import { provideDatabaseServer } from './database-server.js';
import { loadSystem, startEmbedded } from './embedded.js';
import { addressOf, environments, type Environment } from './environment.js';
import { untilPortsAreFree } from './free-the-ports.js';
import { aborted, interruption, unlessAborted } from './interruption.js';
import { planPorts } from './ports.js';
import { processCountOf } from './process-count.js';
import { startProcesses } from './processes.js';
import { untilReadyAt } from './readiness.js';
import { restartWhenTold } from './restart-when-told.js';
import { stopSecondsOf } from './service-process.js';
import { dataFolderOf, developmentSecrets } from './secrets.js';
import { welcome } from './welcome.js';

/** `npm start`: the whole system, until Ctrl-C. */
const stopSeconds = stopSecondsOf(process.env) + 2;
/** Stopping takes at most so long: the gateway, then the services, then PostgreSQL. */
const STOP_SECONDS = { services: 2 * stopSeconds, servers: 5 };

const say = (sentence: string): void => void process.stdout.write(`${sentence}\n`);
const signal = interruption((STOP_SECONDS.services + STOP_SECONDS.servers) * 1000);
const [services, servers] = [new Cleanup(), new Cleanup()];

try {
  await start(process.cwd(), process.env);
  await aborted(signal);
} catch (error) {
  if (!signal.aborted) {
    process.exitCode = 1;
    say(error instanceof Error ? error.message : String(error));
  }
}
if (signal.aborted) say('Stopping ...');
const stopped = [await services.run(say, STOP_SECONDS.services), await servers.run(say, STOP_SECONDS.servers)];
process.exit(process.exitCode ?? (stopped.includes(false) ? 1 : 0));

async function start(root: string, outer: Environment): Promise<void> {
  // `npm run dev` tells us over its channel to start some services again, which is fast within one process.
  const reloads = Boolean(process.channel && outer['SHOP_RELOADS']);
  const dataFolder = dataFolderOf(root, outer);
  const secrets = developmentSecrets(dataFolder);
  checkConfiguration(outer, secrets);
  const asProcesses = processCountOf(outer) === 'each' && !reloads;
  const ports = planPorts(outer);
  await unlessAborted(signal, untilPortsAreFree(ports, outer['HOST'] || '127.0.0.1', say));

  say(asProcesses ? 'Starting the shop, each service as its own process ...' : 'Starting the shop in one process ...');
  const loading = asProcesses ? undefined : loadSystem();
  loading?.catch(() => undefined);
  const serverUrl = await provideDatabaseServer({ outer, dataFolder, cleanup: servers, say, signal });
  signal.throwIfAborted();

  const each = environments({ outer, ports, secrets, serverUrl, dataFolder });
  const address = addressOf(ports.gateway, each.gateway['HOST']);
  if (loading) {
    const replace = await startEmbedded(await unlessAborted(signal, loading), each, services, signal);
    await untilReadyAt(address, { signal });
    if (reloads) restartWhenTold(root, replace, say);
  } else {
    await startProcesses(root, each, services, say, signal);
  }
  if (!outer['SHOP_AGAIN']) say(welcome({ address, each, tookSeconds: process.uptime() }));
  if (reloads) process.send?.({ ready: true });
}
