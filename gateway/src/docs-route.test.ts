import { addressFromBrowser } from './docs-route.js';

describe('where a browser finds a service', () => {
  it.each([
    ['http://127.0.0.1:8081', '127.0.0.1', 'http://127.0.0.1:8081'],
    ['http://127.0.0.1:8081', 'localhost', 'http://localhost:8081'],
    ['http://[::1]:8081', '192.168.1.7', 'http://192.168.1.7:8081'],
    ['http://products:8081', 'shop.example', 'http://shop.example:8081'],
    ['http://products:8081', '::1', 'http://[::1]:8081'],
    ['https://products.example', 'shop.example', 'https://products.example'],
    ['http://10.1.2.3:8081', 'shop.example', 'http://10.1.2.3:8081'],
    ['http://127.0.0.1:8081', '', 'http://127.0.0.1:8081'],
  ])('%s is, for who came by %j, %s', (origin, hostname, expected) =>
    expect(addressFromBrowser(origin, hostname)).toBe(expected),
  );
});
