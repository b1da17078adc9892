import { trustedProxy } from './trusted-proxy.js';

describe('the proxies that are believed', () => {
  const trusts = trustedProxy('127.0.0.0/8, ::1,10.1.2.3');

  it.each(['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1', '10.1.2.3'])('are those of the list: %s', (address) =>
    expect(trusts(address, 0)).toBe(true),
  );
  it.each(['10.1.2.4', '::2', '8.8.8.8', 'nonsense'])('are no others: %s', (address) =>
    expect(trusts(address, 0)).toBe(false),
  );
  it('are one: what stands before it in X-Forwarded-For is the client itself', () =>
    expect(trusts('127.0.0.1', 1)).toBe(false));
  it('are none without a list', () => expect(trustedProxy('')('127.0.0.1', 0)).toBe(false));
  it.each(['localhost', '10.0.0.0/33', '1.2.3.4/x'])('%s is refused', (entry) =>
    expect(() => trustedProxy(entry)).toThrow(entry),
  );
});
