import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { RunningShop } from '../../e2e/running-shop.js';

/** Lets every process of a shop be asked for its memory: one of `NODE_OPTIONS`. */
export const INSPECTABLE = '--inspect=127.0.0.1:0';

const MB = 2 ** 20;
const ANSWER_WITHIN_MS = 20_000;

/** What a process has in memory when everything that nobody holds is gone. */
export interface Memory {
  readonly heapMb: number;
  readonly rssMb: number;
}

/** Collects the garbage of each process of the shop and looks at what is left, by its name. */
export async function memories(shop: RunningShop): Promise<Readonly<Record<string, Memory>>> {
  const urls = [...shop.said.matchAll(/Debugger listening on (ws:\/\/\S+)/g)].map(([, url]) => url ?? '');
  const read = await Promise.all(urls.map((url) => memoryOf(url)));
  return Object.fromEntries(read.filter((one) => one !== null));
}

interface Measured {
  readonly script: string;
  readonly heapUsed: number;
  readonly rss: number;
}

/** By the protocol of Node's inspector. Null when the process has gone. */
async function memoryOf(url: string): Promise<readonly [name: string, Memory] | null> {
  const socket = new WebSocket(url, { handshakeTimeout: ANSWER_WITHIN_MS });
  try {
    await once(socket, 'open');
  } catch {
    return null;
  }
  const call = async (id: number, method: string, params = {}) => {
    socket.send(JSON.stringify({ id, method, params }));
    for (;;) {
      const [data] = (await once(socket, 'message', { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) })) as [Buffer];
      const answer = JSON.parse(String(data)) as { id?: number; result?: { result?: { value?: string } } };
      if (answer.id === id) return answer.result?.result?.value ?? '';
    }
  };
  try {
    // What was weakly held is only gone after the next one.
    await call(1, 'HeapProfiler.collectGarbage');
    await call(2, 'HeapProfiler.collectGarbage');
    const expression = 'JSON.stringify({ script: process.argv[1], ...process.memoryUsage() })';
    const { script, heapUsed, rss } = JSON.parse(await call(3, 'Runtime.evaluate', { expression })) as Measured;
    const name = /processes\/(\w+)\.js$/.exec(script)?.[1] ?? 'launcher';
    return [name, { heapMb: heapUsed / MB, rssMb: rss / MB }];
  } finally {
    socket.terminate();
  }
}

/** By how much values grow over the time in which they were read, by the straight line that fits them best. */
export function growth(values: readonly number[]): number {
  const middle = (values.length - 1) / 2;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const slope =
    values.reduce((sum, value, at) => sum + (at - middle) * (value - mean), 0) /
    values.reduce((sum, _, at) => sum + (at - middle) ** 2, 0);
  return slope * (values.length - 1);
}
