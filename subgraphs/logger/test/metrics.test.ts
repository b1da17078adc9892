import { LoggerService } from './logger-service.js';
import { LokiStub } from './loki-stub.js';
import { eventually } from '../../../tests/support/eventually.js';
import { Scrape } from '../../../tests/support/scrape.js';

it('the metrics of logger count what each sink has taken', async () => {
  const loki = new LokiStub();
  await loki.start();
  const service = await LoggerService.start({ LOKI_URL: loki.url });
  try {
    for (const message of ['one', 'two']) await service.ingest({ service: 'metered', level: 'info', message });
    await eventually(async () => {
      const seen = await Scrape.of(service.url);
      const entries = (sink: string, outcome: string) => seen.value('log_sink_entries_total', { sink, outcome });
      expect([entries('database', 'written'), entries('loki', 'written')]).toEqual([2, 2]);
      expect([entries('loki', 'dropped'), seen.value('log_sink_backlog', { sink: 'loki' })]).toEqual([0, 0]);
    });
  } finally {
    await service.stop();
    await loki.stop();
  }
});
