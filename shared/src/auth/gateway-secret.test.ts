import { serviceNames } from '../backing/roster.js';
import { gatewaySecretFor } from './gateway-secret.js';

const SECRET = 'a secret of the gateway';

describe("a service's part of the gateway's secret", () => {
  it('is its own, and always the same', () => {
    const parts = serviceNames.map((service) => gatewaySecretFor(service, SECRET));
    expect(new Set(parts).size).toBe(serviceNames.length);
    expect(serviceNames.map((service) => gatewaySecretFor(service, SECRET))).toEqual(parts);
    expect(gatewaySecretFor('cart', 'another secret of it')).not.toBe(gatewaySecretFor('cart', SECRET));
  });

  // As `openssl kdf -keylen 32 -kdfopt digest:SHA256 -kdfopt key:... -kdfopt info:... -binary HKDF` makes it.
  it('can be made by other means', () =>
    expect(gatewaySecretFor('cart', SECRET)).toBe('-pdrpbkfNVvciCjH0cC7q0GvI1sWdbGraxSfMTgL3vM'));
});
