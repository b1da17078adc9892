/**
 * The HTML standard's "valid email address" (section 4.10.5.1.5), which leaves no room for a second address, a name or
 * a line break.
 */
const ADDRESS =
  /^[a-z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/i;
/** RFC 5321, section 4.5.3.1.3: a path of 256 octets, without its angle brackets. */
const MAX_LENGTH = 254;

/** Whether mail can be addressed to it. */
export const isAddress = (text: string): boolean => text.length <= MAX_LENGTH && ADDRESS.test(text);

/** An address, and who it belongs to. */
export interface Mailbox {
  /** Empty: the address alone. */
  readonly name: string;
  readonly address: string;
}

/** A mailbox as people write it: `shop@example.com` or `The shop <shop@example.com>`. Null for what is none. */
export function mailboxIn(text: string): Mailbox | null {
  const [, name = '', bracketed] = /^"?([^"<>\p{Cc}]*?)"?\s*<([^<>]*)>$/u.exec(text.trim()) ?? [];
  const address = bracketed ?? text.trim();
  return isAddress(address) ? { name: name.trim(), address } : null;
}
