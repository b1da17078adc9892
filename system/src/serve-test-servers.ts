import { join } from 'node:path';
import { aborted, interruption } from './interruption.js';
import { provideTestServers } from './servers/test-servers.js';

/** `npm run servers`: the servers that tests need, kept up until Ctrl-C, with the lines that point a shell to them. */
const say = (sentence: string): void => void process.stderr.write(`${sentence}\n`);
const signal = interruption(30_000);
const keepAlive = setInterval(() => undefined, 60_000);

try {
  const servers = await provideTestServers(process.env, join(process.cwd(), '.cache'), say);
  for (const [name, value] of Object.entries(servers.urls)) process.stdout.write(`export ${name}='${value}'\n`);
  say('The servers are up; Ctrl-C stops them.');
  await aborted(signal);
  await servers.stop();
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
clearInterval(keepAlive);
process.exit();
