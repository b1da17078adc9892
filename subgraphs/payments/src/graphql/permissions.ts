import { isAuthenticated } from '@shop/shared/graphql/rules';

/** Who may call; whose payment it is, the loaders check on the row. */
export const permissions = {
  Query: { payment: isAuthenticated },
  Payment: isAuthenticated,
  Order: isAuthenticated,
};
