import type { TokenVerifier } from '@shop/shared/auth/token-verifier';
import { graphqlDoor } from '@shop/shared/graphql/graphql-door';
import type { Door } from '@shop/shared/http/web-server';
import type { Telemetry } from '@shop/shared/telemetry/telemetry';
import { cartSchema } from './cart-schema.js';
import { cartLoaders } from './loaders.js';
import type { CartStore } from '../persistence/cart.store.js';
import type { CartUseCases } from '../use-cases/cart-use-cases.js';

interface CartGraphqlOptions {
  readonly useCases: CartUseCases;
  readonly carts: CartStore;
  readonly currency: string;
  readonly verifier: TokenVerifier;
  readonly telemetry: Telemetry;
}

/** The GraphQL door of the cart. */
export function cartGraphql({ useCases, carts, currency, verifier, telemetry }: CartGraphqlOptions): Door {
  return async (app, access) => {
    const { schema } = await cartSchema(useCases, currency);
    await graphqlDoor({ schema, verifier, telemetry, loaders: (caller) => cartLoaders(carts, caller) })(app, access);
  };
}
