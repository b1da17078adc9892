import { loginKey, newPassword, registration } from './account-rules.js';

const good = { email: 'an@example.com', username: 'an123', password: 'mật khẩu dài' };

describe('a registration', () => {
  it('keeps the email in lower case and the username as written', () =>
    expect(registration({ ...good, email: ' An@Example.COM ', username: 'AnNguyen' })).toEqual({
      email: 'an@example.com',
      username: 'AnNguyen',
      password: good.password,
    }));

  it.each([
    '',
    'an',
    '@example.com',
    'an@',
    'an@local',
    'a b@example.com',
    'an@-x.com',
    'an@x..com',
    'a\0@x.com',
    'ăn@x.com',
  ])('refuses the email %j', (email) =>
    expect(() => registration({ ...good, email })).toThrow('email must be an email address'),
  );
  it('refuses an email that no server would take', () =>
    expect(() => registration({ ...good, email: `${'a'.repeat(250)}@x.com` })).toThrow('email'));
  it.each(['', 'ab', 'a'.repeat(41), 'an nguyen', 'an_1', 'ăn1'])('refuses the username %j', (username) =>
    expect(() => registration({ ...good, username })).toThrow('username must be 3 to 40 letters and digits'),
  );
  it('names the field at fault', () =>
    expect(() => newPassword('short', 'new')).toThrow(
      expect.objectContaining({ code: 'BAD_USER_INPUT', field: 'new' }),
    ));
});

describe('a password', () => {
  it('is no text with half a surrogate pair', () =>
    expect(() => registration({ ...good, password: 'half a \ud800 pair' })).toThrow(
      expect.objectContaining({ field: 'password', message: 'password must not contain half a surrogate pair' }),
    ));

  it.each(['12345678', '😀'.repeat(8), '😀'.repeat(128), ' '.repeat(8), 'with a \0 in it', '\0'.repeat(8)])(
    'may be %j',
    (text) => expect(newPassword(text)).toBe(text),
  );
  it.each(['', '1234567', '😀'.repeat(7), 'a'.repeat(129)])('may not be %j', (text) =>
    expect(() => newPassword(text)).toThrow('8 to 128'),
  );
});

describe('a login', () => {
  it('is an email in any case', () => expect(loginKey('An@Example.com')).toEqual({ email: 'an@example.com' }));
  it('is a username in any case', () => expect(loginKey('AnNguyen')).toEqual({ username: 'annguyen' }));
  it.each(['', 'a\0b', '%', "' or 1=1"])('is nobody for %j', (text) => expect(loginKey(text)).toBeNull());
});
