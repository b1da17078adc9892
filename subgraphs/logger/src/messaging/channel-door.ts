import { type Component, component } from '@shop/shared/lifecycle/system';
import type { LogChannel } from '@shop/shared/logging/log-channel';
import type { KeepEntry } from '../use-cases/keep-entry.js';

/** Takes what the services of the same process log, which does not go by the bus. */
export function channelDoor(logs: LogChannel, keepEntry: KeepEntry): Component {
  let leave: () => void = () => undefined;
  return component(
    'log channel',
    async () => {
      leave = logs.subscribe(({ time, trace_id: traceId, ...entry }) => {
        keepEntry.run({ ...entry, time: new Date(time), traceId }).catch(() => undefined);
      });
    },
    async () => leave(),
  );
}
