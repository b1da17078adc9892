// The processes that a benchmark brings: each is gone when the benchmark is, however that ends.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

const started = new Set();
process.on('exit', () => started.forEach((child) => child.kill('SIGKILL')));
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));

/** A shop stops its gateway, then its services, then its servers. */
const END_WITHIN_MS = 30_000;

/** A relay gives a connection up that has not answered for ten seconds, RabbitMQ a client that has been silent for twenty. */
const MOST_STILL_S = 8;
const CATCHES_UP_MS = 1_500;

/** Clock ticks a second, as Linux tells a process's times to everybody. */
const TICKS = 100;

/** Starts a script of Node's, with nothing of our environment but what it is given. */
export function start(script, { args = [], cwd, env = {}, ipc = false }) {
  const child = spawn(process.execPath, [script, ...args], {
    cwd,
    env: { PATH: process.env.PATH, NODE_ENV: 'production', ...env },
    stdio: ['ignore', 'ignore', 'inherit', ...(ipc ? ['ipc'] : [])],
  });
  started.add(child);
  child.once('exit', () => started.delete(child));
  return child;
}

export async function end(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const overdue = setTimeout(() => child.kill('SIGKILL'), END_WITHIN_MS);
  await gone;
  clearTimeout(overdue);
}

/**
 * Runs `use`, which takes so many seconds, while a process that has no turn stands still: what it polls meanwhile is not paid by
 * whose turn it is. Afterwards that runs for a moment which nobody measures, so that its connections find it alive.
 */
export async function whileStill(child, seconds, use) {
  if (seconds > MOST_STILL_S) throw new Error(`a turn is ${MOST_STILL_S} s at most, and is to be ${seconds} s`);
  child.kill('SIGSTOP');
  try {
    return await use();
  } finally {
    child.kill('SIGCONT');
    await pause(CATCHES_UP_MS);
  }
}

/** Waits until `ready` resolves to true, for as long as the child lives, and a minute at most. */
export async function untilReady(child, what, ready, everyMs = 100) {
  const deadline = performance.now() + 60_000;
  while (performance.now() < deadline) {
    if (child.exitCode !== null) throw new Error(`${what} did not start`);
    if (await ready().catch(() => false)) return;
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
  throw new Error(`${what} did not get ready`);
}

/** The CPU time that a process has taken until now, in seconds: proc(5), fields 14 and 15 of stat. */
export function cpuSeconds({ pid }) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS;
}

export async function freePort() {
  return (await listened(0)) ?? freePort();
}

/** Whether nobody listens at a port of this machine's. */
export async function isFree(port) {
  return (await listened(port)) !== undefined;
}

/** The port at which somebody could listen for a moment; undefined when it is taken. */
function listened(wanted) {
  return new Promise((resolve) => {
    const server = createServer().once('error', () => resolve(undefined));
    server.listen(wanted, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** The next message of a process. Rejects with what it says has failed, and when it ends instead. */
export function told(child) {
  return new Promise((resolve, reject) => {
    const gone = () => reject(new Error('the process that was asked has ended'));
    child.once('exit', gone);
    child.once('message', (message) => {
      child.off('exit', gone);
      if (message.failed) reject(new Error(message.failed));
      else resolve(message);
    });
  });
}

/** What a process answers to a message. */
export function asked(child, message) {
  const answer = told(child);
  child.send(message);
  return answer;
}
