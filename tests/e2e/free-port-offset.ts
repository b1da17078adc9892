import { createServer } from 'node:net';
import { planPorts } from '@shop/system/ports';

/** Of offsets that are so far apart no two shops share a port, whichever service's. */
const APART = 10;
/** Each worker of jest's has offsets of its own: what is free for two of them at once, both would take. */
const WORKERS = 8;
const PLACES = 160;

const taken = new Set<number>();

/** A PORT_OFFSET at which every port of the shop is free, and which nobody else is given. */
export async function freePortOffset(): Promise<number> {
  const worker = Number(process.env['JEST_WORKER_ID'] ?? 0) % WORKERS;
  for (let attempt = 0; attempt < 50; attempt += 1) {
    const offset = 2_000 + APART * (WORKERS * Math.floor(Math.random() * PLACES) + worker);
    if (taken.has(offset)) continue;
    taken.add(offset);
    const free = await Promise.all(Object.values(planPorts({ PORT_OFFSET: String(offset) })).map(isFree));
    if (free.every(Boolean)) return offset;
  }
  throw new Error('found no free ports');
}

async function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
