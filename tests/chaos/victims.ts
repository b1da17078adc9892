import { setTimeout as pause } from 'node:timers/promises';
import type { RunningShop } from '../e2e/running-shop.js';
import { eventually } from '../support/eventually.js';
import type { Victim } from './injector.js';
import { type OwnServer, signalled } from './own-servers.js';

const THERE_WITHIN_MS = 60_000;

/** A service's process: the launcher starts another one. One that is dead already is waited for, so that each kill counts. */
export function serviceVictim(shop: RunningShop, name: string): Victim {
  const send = (signal: NodeJS.Signals) =>
    eventually(
      () => {
        const pid = shop.pidOf(name);
        const beganAt = performance.now();
        if (pid === undefined || !signalled(pid, signal)) throw new Error(`the launcher has not started ${name} again`);
        return { pid, beganAt };
      },
      { timeoutMs: THERE_WITHIN_MS, everyMs: 100 },
    );
  return {
    kill: async () => (await send('SIGKILL')).beganAt,
    restart: async () => (await send('SIGTERM')).beganAt,
    freeze: async (lengthMs) => {
      const { pid, beganAt } = await send('SIGSTOP');
      await pause(lengthMs);
      signalled(pid, 'SIGCONT');
      return beganAt;
    },
  };
}

/** A server's processes: it is started again after the time that it stays away. */
export function serverVictim(server: OwnServer): Victim {
  return {
    kill: async (awayMs) => {
      const beganAt = performance.now();
      server.kill();
      await pause(awayMs);
      await server.start();
      return beganAt;
    },
    restart: async () => {
      const beganAt = performance.now();
      await server.stop();
      await server.start();
      return beganAt;
    },
    freeze: async (lengthMs) => {
      const beganAt = performance.now();
      server.freeze();
      await pause(lengthMs);
      server.thaw();
      return beganAt;
    },
  };
}
