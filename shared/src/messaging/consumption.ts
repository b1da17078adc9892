import type { Bus } from './bus.js';
import { type Component, component } from '../lifecycle/system.js';

/** Takes messages from the bus once everything that handles them stands, and stops first. */
export function consumption(bus: Bus): Component {
  return component(
    'message consumption',
    () => bus.startConsuming(),
    (time) => bus.stopConsuming(time),
  );
}
