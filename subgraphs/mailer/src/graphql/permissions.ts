import { isAdministrator, isAuthenticated } from '@shop/shared/graphql/rules';

/** Who may call; whose email it is, the loaders check on the row. */
export const permissions = {
  Query: { emails: isAdministrator },
  EmailConnection: isAdministrator,
  EmailEdge: isAdministrator,
  Email: isAuthenticated,
  Order: isAuthenticated,
};
