import type { TokenVerifier } from '@shop/shared/auth/token-verifier';
import { graphqlDoor } from '@shop/shared/graphql/graphql-door';
import type { Door } from '@shop/shared/http/web-server';
import type { Telemetry } from '@shop/shared/telemetry/telemetry';
import { emailLoaders } from './loaders.js';
import { mailerSchema } from './mailer-schema.js';
import type { EmailStore } from '../persistence/email.store.js';

interface MailerGraphqlOptions {
  readonly emails: EmailStore;
  readonly verifier: TokenVerifier;
  readonly telemetry: Telemetry;
}

/** The GraphQL door of the mailer. */
export function mailerGraphql({ emails, verifier, telemetry }: MailerGraphqlOptions): Door {
  return async (app, access) => {
    const { schema } = await mailerSchema(emails);
    await graphqlDoor({ schema, verifier, telemetry, loaders: (caller) => emailLoaders(emails, caller) })(app, access);
  };
}
