import { runProcess } from '@shop/shared/lifecycle/run-process';
import { LogChannel } from '@shop/shared/logging/log-channel';
import { createTelemetry } from '@shop/shared/telemetry/telemetry';

/** A service that does nothing but log, and tells whoever started it how many of its lines were lost. */
await runProcess((environment) => {
  const telemetry = createTelemetry(environment, 'a-service', new LogChannel());
  let timer;
  return {
    name: 'a-service',
    start: async () => {
      timer = setInterval(async () => {
        telemetry.logger.info('still here');
        process.stderr.write('still here\n');
        const { text } = await telemetry.metrics.exposition();
        const lost = /^log_entries_dropped_total\{to="stdout",.*\} (\d+)$/m.exec(text)?.[1];
        process.send({ lost: Number(lost) });
      }, 10);
    },
    stop: async () => clearInterval(timer),
  };
});
