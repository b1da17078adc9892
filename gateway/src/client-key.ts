import type { Caller } from '@shop/shared/auth/caller';
import { addressKey } from '@shop/shared/rate-limits/address-key';

/** The key under which a client is counted: somebody by who they are, wherever they are; nobody by the address. */
export function clientKey(caller: Caller | null, address: string): string {
  return caller ? `user ${caller.userId}` : `address ${addressKey(address)}`;
}
