// A client that sends one ordinary operation after the other, each at its time, and says how long each took. It runs in a
// thread of its own, by Node itself: what else the test does, does not slow it down.
import { parentPort, workerData } from 'node:worker_threads';

interface Given {
  readonly url: string;
  readonly token: string;
  readonly bodies: readonly string[];
  readonly everyMs: number;
}

const { url, token, bodies, everyMs } = workerData as Given;
const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
let phase: string | null = null;
let stopped = false;
let due = performance.now();
parentPort?.on('message', (next: string | null) => {
  if (next === 'stop') stopped = true;
  else phase = next;
  // What one phase has made late is not the next one's fault.
  due = performance.now();
});

for (let n = 0; !stopped; n += 1) {
  due += everyMs;
  const wait = due - performance.now();
  if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
  const during = phase;
  const failure = await send(bodies[n % bodies.length] ?? '');
  // From when it was due: an answer that comes late makes those after it late as well.
  parentPort?.postMessage({ during: during === phase ? during : null, tookMs: performance.now() - due, failure });
}
parentPort?.close();

async function send(body: string): Promise<string | null> {
  try {
    const response = await fetch(url, { method: 'POST', headers, body, signal: AbortSignal.timeout(10_000) });
    const answer = await response.text();
    return response.status === 200 && !answer.includes('"errors"') ? null : `${response.status} ${answer}`;
  } catch (error) {
    return String(error);
  }
}
