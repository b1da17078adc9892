import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';

/**
 * Fastify's `trustProxy` for one proxy in front of us, whose address or subnet is in the list (by commas: `127.0.0.0/8,::1`).
 * Only the last entry of X-Forwarded-For, the one that our own proxy wrote, is believed; a client can write all others.
 * Throws for an entry that is no address.
 */
export function trustedProxy(list: string): (address: string, hop: number) => boolean {
  const proxies = new BlockList();
  for (const entry of list
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean))
    add(proxies, entry);
  return (address, hop) => hop === 0 && isIP(address) > 0 && proxies.check(address, familyOf(address));
}

/** Where a request came from, and the host that it was for. */
export interface Origin {
  readonly address: string;
  readonly host: string | undefined;
}

/** The same as Fastify says of a request, for those that it never sees: upgrades to a websocket. */
export function originOf({ headers, socket }: IncomingMessage, trusts: ReturnType<typeof trustedProxy>): Origin {
  const peer = socket.remoteAddress ?? '';
  const told = (name: 'x-forwarded-for' | 'x-forwarded-host') =>
    trusts(peer, 0) ? [headers[name] ?? []].flat().join(',').split(',').at(-1)?.trim() || undefined : undefined;
  return { address: told('x-forwarded-for') ?? peer, host: told('x-forwarded-host') ?? headers.host };
}

/** Whether `trustedProxy` takes it. */
export function isProxyList(list: string): boolean {
  try {
    trustedProxy(list);
    return true;
  } catch {
    return false;
  }
}

function add(proxies: BlockList, entry: string): void {
  const [address = '', bits] = entry.split('/');
  const family = familyOf(address);
  const width = family === 'ipv4' ? 32 : 128;
  const prefix = bits === undefined ? width : Number(bits);
  if (isIP(address) === 0 || !Number.isInteger(prefix) || prefix < 0 || prefix > width)
    throw new Error(`${entry} is neither an address nor a subnet`);
  proxies.addSubnet(address, prefix, family);
}

const familyOf = (address: string) => (isIP(address) === 6 ? 'ipv6' : 'ipv4');
