import { Redis } from 'ioredis';
import { gatewayPort, servicePorts } from '@shop/shared/backing/roster';
import type { RunningShop } from '../e2e/running-shop.js';

/** What the shop holds for its subscribers. */
export interface Held {
  /** Exact: client sockets, subscriptions at the gateway and at orders, channels of Redis. */
  readonly streams: Readonly<Record<string, number>>;
  /** Sockets and timers of the gateway and of orders: some come and go with pools and polls. */
  readonly handles: Readonly<Record<string, number>>;
}

const HANDLES = ['TCPSocketWrap', 'Timeout'] as const;

/** Reads it from the metrics of both processes, and from Redis. */
export async function whatIsHeld(shop: RunningShop, redisUrl: string, namespace: string): Promise<Held> {
  const redis = new Redis(redisUrl);
  const channels = (await redis.pubsub('CHANNELS', `${namespace}*`)) as string[];
  redis.disconnect();
  const [gateway, orders] = await Promise.all([scrape(shop, gatewayPort), scrape(shop, servicePorts.orders)]);
  return {
    streams: {
      'websockets of clients': sum(gateway, 'gateway_websocket_connections'),
      'subscriptions at the gateway': sum(gateway, 'graphql_subscriptions'),
      'subscriptions at orders': sum(orders, 'graphql_subscriptions'),
      'channels of Redis': channels.length,
    },
    handles: Object.fromEntries(
      HANDLES.flatMap((type) => [
        [`gateway ${type}`, sum(gateway, 'nodejs_active_resources', `type="${type}"`)],
        [`orders ${type}`, sum(orders, 'nodejs_active_resources', `type="${type}"`)],
      ]),
    ),
  };
}

async function scrape(shop: RunningShop, port: number): Promise<readonly string[]> {
  return (await (await fetch(`${shop.service(port)}/metrics`)).text()).split('\n');
}

function sum(lines: readonly string[], metric: string, label = ''): number {
  const ours = lines.filter((line) => line.startsWith(`${metric}{`) && line.includes(label));
  if (ours.length === 0 && label === '') throw new Error(`there is no ${metric}`);
  return ours.reduce((total, line) => total + Number(line.split(' ').at(-1)), 0);
}
