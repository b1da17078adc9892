import type { TokenVerifier } from '@shop/shared/auth/token-verifier';
import { graphqlDoor } from '@shop/shared/graphql/graphql-door';
import type { Door } from '@shop/shared/http/web-server';
import type { Telemetry } from '@shop/shared/telemetry/telemetry';
import { logLoaders } from './loaders.js';
import { loggerSchema } from './logger-schema.js';
import type { EntryStore } from '../persistence/entry.store.js';

interface LoggerGraphqlOptions {
  readonly entries: EntryStore;
  readonly verifier: TokenVerifier;
  readonly telemetry: Telemetry;
}

/** The GraphQL door of the logger. */
export function loggerGraphql({ entries, verifier, telemetry }: LoggerGraphqlOptions): Door {
  return async (app, access) => {
    const { schema } = await loggerSchema(entries);
    await graphqlDoor({ schema, verifier, telemetry, loaders: () => logLoaders(entries) })(app, access);
  };
}
