import type { LogEntryBody } from '../contracts/log-events.js';

type Listener = (entry: LogEntryBody) => void;

/**
 * Carries log entries between the services of one process, past the bus: nothing waits for it, and what nobody listens
 * to is gone.
 */
export class LogChannel {
  private readonly listeners = new Set<Listener>();

  /** Never throws, whatever a listener does. */
  publish(entry: LogEntryBody): void {
    for (const listener of this.listeners) {
      try {
        listener(entry);
      } catch {
        // Logging must not harm the work that is logged.
      }
    }
  }

  /** Returns how to stop listening. */
  subscribe(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }
}
