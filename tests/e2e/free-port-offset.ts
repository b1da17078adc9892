import { createServer } from 'node:net';

const PORTS = [4000, 8081, 8082, 8083, 8084, 8085, 8086, 8087, 50_051];

/** A PORT_OFFSET at which every port of the shop is free. */
export async function freePortOffset(): Promise<number> {
  for (let attempt = 0; attempt < 50; attempt += 1) {
    const offset = 2_000 + Math.floor(Math.random() * 13_000);
    const free = await Promise.all(PORTS.map((port) => isFree(port + offset)));
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
