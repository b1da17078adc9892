import { isAddress, mailboxIn } from './address.js';

describe('an address', () => {
  it.each(['a@example.com', 'Linh.Nguyen+shop@mail.example.vn', "o'brien@x.io"])('can be %s', (text) =>
    expect(isAddress(text)).toBe(true),
  );
  it.each([
    '',
    'a',
    '@x.io',
    'a@',
    'a@x.io\n',
    'a@x.io, b@x.io',
    '<a@x.io>',
    'a b@x.io',
    'à@x.io',
    `${'a'.repeat(250)}@x.io`,
  ])('can not be %j', (text) => expect(isAddress(text)).toBe(false));
});

describe('a mailbox', () => {
  it.each([
    ['shop@x.io', { name: '', address: 'shop@x.io' }],
    ['The shop <shop@x.io>', { name: 'The shop', address: 'shop@x.io' }],
    ['"Shop, the first" <shop@x.io>', { name: 'Shop, the first', address: 'shop@x.io' }],
    ['<shop@x.io>', { name: '', address: 'shop@x.io' }],
    ['Cửa hàng <shop@x.io>', { name: 'Cửa hàng', address: 'shop@x.io' }],
    ['Shop', null],
    ['Shop <shop>', null],
    ['Shop\r\nBcc: a@x.io <shop@x.io>', null],
    ['A <a@x.io>, B <b@x.io>', null],
  ])('in %j', (text, mailbox) => expect(mailboxIn(text)).toEqual(mailbox));
});
