import { isAdministrator, isAuthenticated } from '@shop/shared/graphql/rules';
import { allow } from '@shop/shared/graphql/shield';

/**
 * User is open because every way to one is guarded where the row is known: the reference resolver looks at whose it is,
 * `me` and the credentials are the caller's own, and the rest is for administrators.
 */
export const permissions = {
  Query: { me: isAuthenticated, users: isAdministrator },
  Mutation: {
    register: allow,
    login: allow,
    refreshToken: allow,
    logout: isAuthenticated,
    changePassword: isAuthenticated,
    setUserRole: isAdministrator,
    deactivateUser: isAdministrator,
  },
  User: allow,
  UserConnection: isAdministrator,
  UserEdge: isAdministrator,
  AuthPayload: allow,
};
