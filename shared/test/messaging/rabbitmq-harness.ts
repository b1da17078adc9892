import amqplib from 'amqplib';
import type { Bus } from '@shop/shared/messaging/bus';
import { AmqpDeadLetters } from '@shop/shared/messaging/amqp-dead-letters';
import { RascalBus } from '@shop/shared/messaging/rascal-bus';
import { type TcpProxy, tcpProxy } from '../../../tests/support/tcp-proxy.js';
import { testBroker } from '../../../tests/support/test-broker.js';
import { type BusHarness, testQueues } from './bus-harness.js';

export interface RabbitHarness extends BusHarness {
  readonly url: string;
  /** The door through which all its buses reach the broker. */
  readonly proxy: TcpProxy;
}

/** A virtual host of the test's own. */
export async function rabbitHarness(): Promise<RabbitHarness> {
  const broker = await testBroker();
  const proxy = await tcpProxy(broker.url);
  const proxied = new URL(broker.url);
  proxied.host = proxy.host;
  const buses: Bus[] = [];
  return {
    url: broker.url,
    proxy,
    bus(service) {
      const bus = new RascalBus({ url: proxied.href, service, queues: testQueues });
      buses.push(bus);
      return bus;
    },
    async publishForeign(exchange, key, text) {
      const connection = await amqplib.connect(broker.url);
      const channel = await connection.createConfirmChannel();
      // It says JSON, and carries a header that would confuse rascal.
      const properties = { contentType: 'application/json', headers: { rascal: { encryption: { name: 'none' } } } };
      channel.publish(exchange, key, Buffer.from(text), properties);
      await channel.waitForConfirms();
      await connection.close();
    },
    letters: new AmqpDeadLetters(broker.url, testQueues),
    async killConsumers() {
      proxy.cut();
    },
    async cutOff() {
      proxy.cut();
    },
    async dispose() {
      // Dropped first: buses must be able to stop while the broker refuses them.
      await broker.drop();
      await Promise.all(buses.map((bus) => bus.stop()));
      await proxy.close();
    },
  };
}
