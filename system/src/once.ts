import { Cleanup } from './cleanup.js';
import { provideDatabaseServer } from './database-server.js';
import { environments, type Environment } from './environment.js';
import { interruption } from './interruption.js';
import { planPorts, type ProcessName } from './ports.js';
import { dataFolderOf, developmentSecrets } from './secrets.js';

/**
 * Does something once with the system's databases, which it starts when they don't run, and ends this process: for the
 * verbs that prepare data. `work` gets the environment that each service would have.
 */
export async function once(work: (each: Readonly<Record<ProcessName, Environment>>) => Promise<void>): Promise<never> {
  const say = (sentence: string): void => void process.stdout.write(`${sentence}\n`);
  const cleanup = new Cleanup();
  const signal = interruption(10_000);
  try {
    const outer = process.env;
    const dataFolder = dataFolderOf(process.cwd(), outer);
    const serverUrl = await provideDatabaseServer({ outer, dataFolder, cleanup, say, signal });
    signal.throwIfAborted();
    await work(environments({ outer, ports: planPorts(outer), secrets: developmentSecrets(dataFolder), serverUrl }));
  } catch (error) {
    process.exitCode = 1;
    say(error instanceof Error ? error.message : String(error));
  }
  await cleanup.run(say, 10);
  process.exit();
}
