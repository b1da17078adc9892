import { createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { portHolder, type PortHolder } from './port-holder.js';
import { elsewhere, otherGatewayPort, listenerNames, type ListenerName, type PortPlan } from './ports.js';
import { parentOf, workingFolderOf } from './servers/processes.js';
import type { Say } from './servers/say.js';

interface TakenPort {
  readonly name: ListenerName;
  readonly port: number;
  readonly holder: PortHolder | undefined;
}

/** A service that has lost its launcher stops by itself within 10 s. */
const LEFTOVER_SECONDS = 12;

/**
 * Resolves when all ports of the plan are free. Waits for what a killed launcher has left behind in this folder, which is
 * about to stop; for anybody else's process it throws at once, a sentence for each port that is taken.
 */
export async function untilPortsAreFree(plan: PortPlan, host: string, say: Say): Promise<void> {
  const deadline = performance.now() + LEFTOVER_SECONDS * 1000;
  for (let told = false; ; told = true) {
    const taken = await takenPorts(plan, host);
    if (taken.length === 0) return;
    const leftovers = taken.every(({ holder }) => holder && isLeftover(holder.pid));
    if (!leftovers || performance.now() > deadline) throw new Error(sentenceFor(taken, plan));
    if (!told) say('Waiting for what an earlier run has left behind to stop ...');
    await pause(200);
  }
}

/** What to tell about ports of a plan that are taken: which, for whom, by whom, and the way out. */
export function sentenceFor(taken: readonly TakenPort[], plan: PortPlan): string {
  const holders = [...new Set(taken.map(({ holder }) => holder?.pid))];
  const sentences = holders.map((pid) => sentenceAbout(taken.filter(({ holder }) => holder?.pid === pid)));
  const onlyGateway = taken.every(({ name }) => name === 'gateway');
  const way = onlyGateway
    ? `Stop that, or choose another port for the gateway: PORT=${otherGatewayPort(plan)} npm start`
    : `Stop that, or move all our ports: ${elsewhere(plan)} npm start`;
  return [...sentences, way].join('\n');
}

/** One sentence for ports that one process has. */
function sentenceAbout(taken: readonly TakenPort[]): string {
  const ports = taken.map(({ port, name }) => `${port} (for ${name})`).join(', ');
  const holder = taken[0]?.holder;
  const by = holder ? `by process ${holder.pid}: ${holder.command}` : 'by another program';
  return taken.length > 1 ? `Ports ${ports} are taken ${by}.` : `Port ${ports} is taken ${by}.`;
}

async function takenPorts(plan: PortPlan, host: string): Promise<TakenPort[]> {
  const free = await Promise.all(listenerNames.map((name) => isFree(plan[name], host)));
  return listenerNames
    .filter((_, index) => !free[index])
    .map((name) => ({ name, port: plan[name], holder: portHolder(plan[name]) }));
}

function isFree(port: number, host: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(false);
      else reject(new Error(`Port ${port} of ${host} can't be used: ${error.message}`));
    });
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/** A process that works in this folder, but whose parent doesn't: its launcher is gone. */
function isLeftover(pid: number): boolean {
  const parent = parentOf(pid);
  return workingFolderOf(pid) === process.cwd() && parent !== undefined && workingFolderOf(parent) !== process.cwd();
}
