import type { TokenVerifier } from '@shop/shared/auth/token-verifier';
import { graphqlDoor } from '@shop/shared/graphql/graphql-door';
import type { Door } from '@shop/shared/http/web-server';
import type { Telemetry } from '@shop/shared/telemetry/telemetry';
import { paymentLoaders } from './loaders.js';
import { paymentsSchema } from './payments-schema.js';
import type { PaymentStore } from '../persistence/payment.store.js';

interface PaymentsGraphqlOptions {
  readonly payments: PaymentStore;
  readonly verifier: TokenVerifier;
  readonly telemetry: Telemetry;
}

/** The GraphQL door of payments. */
export function paymentsGraphql({ payments, verifier, telemetry }: PaymentsGraphqlOptions): Door {
  return async (app, access) => {
    const { schema } = await paymentsSchema();
    await graphqlDoor({ schema, verifier, telemetry, loaders: (caller) => paymentLoaders(payments, caller) })(
      app,
      access,
    );
  };
}
