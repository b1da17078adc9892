import { onEvent } from '@shop/shared/delivery/consumer';
import { type Bus, PermanentFault } from '@shop/shared/messaging/bus';
import { logMessage } from './log-message.js';
import { Refused } from '../sinks/log-sink.js';
import type { KeepEntry } from '../use-cases/keep-entry.js';

/** Messages in hand at once: they are committed together, and acknowledged after that. */
const PREFETCH = 500;
/** How long a message waits for a database in trouble before the bus takes it back; the broker's own limit is 30 min. */
const WITHIN_MS = 600_000;

/** Everything that the logger listens to. A message that comes again is kept once, under its own id. */
export function subscribe(bus: Bus, keepEntry: KeepEntry): void {
  onEvent(
    bus,
    'logger',
    logMessage,
    async (entry, { messageId }) => {
      try {
        await keepEntry.run(entry, { id: messageId, withinMs: WITHIN_MS });
      } catch (error) {
        throw error instanceof Refused ? new PermanentFault(error.message, { cause: error }) : error;
      }
    },
    { prefetch: PREFETCH },
  );
}
