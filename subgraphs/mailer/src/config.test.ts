import { readMailerConfig } from './config.js';
import { testSettings } from '../../../tests/support/test-environment.js';

const needed = {
  ...testSettings,
  ...{ PORT: '0', DATABASE_URL: 'postgres://localhost/mailer', AUTH_JWKS_URL: 'http://localhost/jwks' },
};

describe('the mailer’s settings', () => {
  it('need no mail server, but in production', () => {
    expect(readMailerConfig(needed)).toMatchObject({ MAIL_FROM: { name: 'Shop', address: 'shop@shop.example' } });
    const production = { ...needed, NODE_ENV: 'production', AUTH_SESSIONS_URL: 'http://localhost/ended-sessions' };
    expect(() => readMailerConfig(production)).toThrow('SMTP_URL: is required in production');
    expect(readMailerConfig({ ...production, SMTP_URL: 'smtps://a:b@mail.example' }).SMTP_URL).toBeDefined();
  });

  it.each([
    ['SMTP_URL', 'http://mail.example', 'must be smtp://... or smtps://...'],
    ['SMTP_URL', 'mail.example:25', 'must be smtp://... or smtps://...'],
    ['MAIL_FROM', 'The shop', 'must be an address, or a name <and an address>'],
    ['MAIL_FROM', 'A <a@x.io>\r\nBcc: b@x.io', 'must be an address, or a name <and an address>'],
  ])('refuse %s=%j without repeating it', (name, value, mistake) => {
    expect(() => readMailerConfig({ ...needed, [name]: value })).toThrow(
      `The configuration can't be used:\n  ${name}: ${mistake}`,
    );
  });
});
