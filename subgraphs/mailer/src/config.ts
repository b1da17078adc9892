import { z } from 'zod';
import {
  deliveryVariables,
  type Environment,
  identityVariables,
  readServiceConfig,
  serviceVariables,
  variables,
} from '@shop/shared/config/read-config';
import { mailboxIn } from './domain/address.js';

const schema = z.object({
  ...serviceVariables,
  ...deliveryVariables,
  ...identityVariables,
  /** The server that takes the mail, with its credentials; without one it is the sink in the process. */
  SMTP_URL: z.url({ protocol: /^smtps?$/, hostname: /./, error: 'must be smtp://... or smtps://...' }).optional(),
  /** Who writes: an address, or a name and an address. */
  MAIL_FROM: z
    .string()
    .default('Shop <shop@shop.example>')
    .transform((text, context) => {
      const mailbox = mailboxIn(text);
      if (mailbox) return mailbox;
      context.addIssue({ code: 'custom', message: 'must be an address, or a name <and an address>' });
      return z.NEVER;
    }),
  /**
   * One attempt at a mail takes no longer. Impatience has a price (RFC 5321, section 4.5.3.2.6): a server that is left
   * while it takes a mail gets that mail again.
   */
  MAIL_TIMEOUT_MS: variables.count(120_000, 100, 900_000),
});

const usable = schema.superRefine(({ NODE_ENV, SMTP_URL }, context) => {
  if (NODE_ENV === 'production' && !SMTP_URL)
    context.addIssue({ code: 'custom', path: ['SMTP_URL'], message: 'is required in production' });
});

export type Config = Readonly<z.output<typeof schema>>;

/** The mailer's settings. Throws `ConfigError` with every mistake. */
export const readMailerConfig = (environment: Environment): Config => readServiceConfig(environment, usable);
