import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { serviceNames } from '@shop/shared/backing/roster';
import { TestGateway } from '../../../gateway/test/support/test-gateway.js';
import { freePort } from '../../support/free-port.js';
import type { Service } from './shop-front.js';

/** A gateway that waits for no service for long, in front of the shop's graph, with services of the test's choice. */
function gatewayTo(
  originOf: (service: Service) => string,
  settings: Record<string, string> = {},
): Promise<TestGateway> {
  const origins = serviceNames.map((service) => [`${service.toUpperCase()}_URL`, originOf(service)] as const);
  return TestGateway.start(readFileSync('gateway/supergraph.graphql', 'utf8'), {
    SUBGRAPH_TIMEOUT_MS: '500',
    ...Object.fromEntries(origins),
    ...settings,
  });
}

export interface Failing {
  readonly origin: string;
  stop(): Promise<void>;
}

/** In front of services that are there, and that the test can freeze. */
export function impatientGateway(originOf: (service: Service) => string): Promise<Failing> {
  return gatewayTo(originOf);
}

/** Nobody is where the services should be. `settings`: the gateway's own. */
export async function gatewayToNobody(settings: Record<string, string> = {}): Promise<Failing> {
  const origin = `http://127.0.0.1:${await freePort()}`;
  return gatewayTo(() => origin, settings);
}

/** Every service hangs up within its answer's head. */
export async function gatewayToWhoBreaksOff(): Promise<Failing> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\nContent-Ty'));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const origin = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
  const gateway = await gatewayTo(() => origin);
  return {
    origin: gateway.origin,
    stop: async () => {
      await gateway.stop();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
