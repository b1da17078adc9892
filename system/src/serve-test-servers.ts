import { provideTestServers } from './servers/test-servers.js';

/** `npm run servers`: the servers that tests need, kept up until Ctrl-C, with the lines that point a shell to them. */
const say = (sentence: string): void => console.error(sentence);
const servers = await provideTestServers(process.env, `${process.cwd()}/.cache`, say);
for (const [name, value] of Object.entries(servers.urls)) console.log(`export ${name}='${value}'`);
say('The servers are up; Ctrl-C stops them.');

const keepAlive = setInterval(() => undefined, 60_000);
const stop = async (): Promise<void> => {
  clearInterval(keepAlive);
  await servers.stop();
};
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void stop());
