import { processNames } from '@shop/system/ports';
import { serviceNames, servicePorts } from '@shop/shared/backing/roster';
import { freePortOffset } from '../e2e/free-port-offset.js';
import { RunningShop } from '../e2e/running-shop.js';
import { type TcpProxy, tcpProxy } from '../support/tcp-proxy.js';
import type { Victim } from './injector.js';
import { Mailbox } from './mailbox.js';
import { type OwnServers, ownServers } from './own-servers.js';
import { serverVictim, serviceVictim } from './victims.js';

export const serverNames = ['postgresql', 'rabbitmq', 'redis'] as const;
/** A server whose connections can be spoiled, and which is never killed. */
export const MAIL_SERVER = 'smtp';

/** How long an order of a run may wait for its stock and payment. */
export const ORDER_TIMEOUT_S = 20;

/**
 * Times in which a run can see the ends of things: what a customer would wait a minute for is over in seconds. The windows
 * in which a crash hurts are kept open longer instead.
 */
const SETTINGS = {
  LOGIN_RATE_LIMIT: '0',
  ORDER_TIMEOUT_S: String(ORDER_TIMEOUT_S),
  PAYMENT_RETRY_S: '3',
  PAYMENT_TIMEOUT_MS: '5000',
  PAYMENT_LATENCY_MS: '60',
  MAIL_TIMEOUT_MS: '2000',
  SUBGRAPH_TIMEOUT_MS: '5000',
  LOG_LEVEL: 'error',
};

/** A whole shop on servers of its own, with a proxy in every connection, all of which may be spoiled. */
export interface ShopUnderTest {
  /** Where customers find it: a proxy too. */
  readonly address: string;
  readonly shop: RunningShop;
  readonly servers: OwnServers;
  readonly mailbox: Mailbox;
  readonly victims: Readonly<Record<string, Victim>>;
  readonly links: Readonly<Record<string, TcpProxy>>;
  stop(): Promise<void>;
}

/** Starts it. `cache`: for downloaded programs. */
export async function shopUnderTest(cache: string): Promise<ShopUnderTest> {
  const servers = await ownServers(cache, () => undefined);
  const mailbox = await Mailbox.open();
  const links: Record<string, TcpProxy> = {};
  let shop: RunningShop | undefined;
  const stop = async () => {
    await shop?.stop();
    await Promise.all(Object.values(links).map((link) => link.close()));
    await mailbox.stop();
    await servers.stop();
  };
  try {
    const portOffset = await freePortOffset();
    for (const name of serverNames) links[name] = await tcpProxy(servers[name].url);
    const mail = (links[MAIL_SERVER] = await tcpProxy(mailbox.url));
    for (const name of serviceNames)
      links[name] = await tcpProxy(`http://127.0.0.1:${servicePorts[name] + portOffset}`);
    const through = (name: (typeof serverNames)[number]) => {
      const url = new URL(servers[name].url);
      url.host = links[name]?.host ?? '';
      return url.href;
    };
    const urls = serviceNames.map((name) => [`${name.toUpperCase()}_URL`, `http://${links[name]?.host}`]);
    shop = await RunningShop.start(
      'processes',
      { ...SETTINGS, SMTP_URL: `smtp://${mail.host}`, ...Object.fromEntries(urls) },
      {
        databaseUrl: through('postgresql'),
        brokerUrl: through('rabbitmq'),
        redisUrl: through('redis'),
        portOffset,
      },
    );
    const running = shop;
    const front = (links['gateway'] = await tcpProxy(shop.gateway));
    const victims = {
      ...Object.fromEntries(processNames.map((name) => [name, serviceVictim(running, name)])),
      ...Object.fromEntries(serverNames.map((name) => [name, serverVictim(servers[name])])),
    };
    return { address: `http://${front.host}`, shop, servers, mailbox, victims, links, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
