import { onEvent } from '@shop/shared/delivery/consumer';
import { type Bus, PermanentFault } from '@shop/shared/messaging/bus';
import { logMessage } from './log-message.js';
import { Refused } from '../sinks/log-sink.js';
import type { KeepEntry } from '../use-cases/keep-entry.js';

/** Messages in hand at once: they are committed together, and acknowledged after that. */
const PREFETCH = 500;

/** Everything that the logger listens to. A message that comes again is kept once, under its own id. */
export function subscribe(bus: Bus, keepEntry: KeepEntry): void {
  onEvent(
    bus,
    'logger',
    logMessage,
    async (entry, { messageId }) => {
      try {
        await keepEntry.run(entry, messageId);
      } catch (error) {
        throw error instanceof Refused ? new PermanentFault(error.message, { cause: error }) : error;
      }
    },
    { prefetch: PREFETCH },
  );
}
