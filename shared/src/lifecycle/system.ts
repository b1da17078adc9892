import { StopTime } from './stop-time.js';

/**
 * One part of a running service. `start` resolves when the part can do its work, `stop` when it has let go of everything,
 * or its time is over: that of the whole stop, which begins with it unless told.
 */
export interface Component {
  readonly name: string;
  start(): Promise<void>;
  stop(time?: StopTime): Promise<void>;
}

/**
 * The parts of one service in dependency order: started first to last, stopped last to first. A start that fails
 * stops what had started and rethrows; a stop that fails still stops the rest and throws once, at the end.
 */
export class System implements Component {
  private running: Component[] = [];

  constructor(
    readonly name: string,
    private readonly components: readonly Component[],
  ) {}

  async start(): Promise<void> {
    for (const component of this.components) {
      try {
        await component.start();
        this.running.push(component);
      } catch (error) {
        await this.stop().catch(() => undefined);
        throw new Error(`${this.name}: ${component.name} did not start: ${messageOf(error)}`, { cause: error });
      }
    }
  }

  async stop(time = new StopTime()): Promise<void> {
    const failures: unknown[] = [];
    for (let component = this.running.pop(); component; component = this.running.pop()) {
      try {
        await component.stop(time);
      } catch (error) {
        failures.push(new Error(`${this.name}: ${component.name} did not stop: ${messageOf(error)}`, { cause: error }));
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, failures.map(messageOf).join('; '));
  }
}

/** A component from two functions, for a part that needs no class of its own. */
export function component(name: string, start: () => Promise<void>, stop: Component['stop']): Component {
  return { name, start, stop };
}

/** Parts that do not need one another, as one: stopped side by side, so that who waits for one does not wait for the sum. */
export function together(...parts: readonly Component[]): Component {
  const name = parts.map((part) => part.name).join(', ');
  const starting = new System(name, parts);
  return component(
    name,
    () => starting.start(),
    async (time = new StopTime()) => {
      const outcomes = await Promise.allSettled(parts.map((part) => part.stop(time)));
      const failures = outcomes.filter((outcome) => outcome.status === 'rejected').map(({ reason }): unknown => reason);
      if (failures.length > 0) throw new AggregateError(failures, failures.map(messageOf).join('; '));
    },
  );
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
