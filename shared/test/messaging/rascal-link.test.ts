import { silentLogger } from '@shop/shared/logging/logger';
import { amqpConfig, topologyFor } from '@shop/shared/messaging/amqp-topology';
import { RascalLink } from '@shop/shared/messaging/rascal-link';
import { eventually } from '../../../tests/support/eventually.js';
import { PATIENT, testQueues } from './bus-harness.js';
import { rabbitHarness } from './rabbitmq-harness.js';

test('everything is declared again, though the connection that stood never answers its goodbye', async () => {
  const harness = await rabbitHarness();
  const url = new URL(harness.url);
  url.host = harness.proxy.host;
  let opened = 0;
  const link = new RascalLink(
    amqpConfig({
      ...{ url: url.href, connectionName: 'link' },
      topology: topologyFor('link', { queues: testQueues, queueType: 'classic' }),
    }),
    silentLogger,
    async () => void (opened += 1),
  );
  await link.start();
  await eventually(() => expect(opened).toBe(1), PATIENT);
  for (const passage of harness.proxy.passages()) passage.swallow();

  link.renew('a test wants it');

  // Its heartbeats would end the old connection after 20 s.
  await eventually(() => expect(opened).toBe(2), { timeoutMs: 18_000 });
  expect(link.state.connected).toBe(true);
  await link.stop();
  await harness.dispose();
});
