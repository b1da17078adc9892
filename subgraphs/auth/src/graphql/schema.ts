import { buildSubgraph } from '@shop/shared/graphql/build-subgraph';
import { permissions } from './permissions.js';
import { SessionResolver } from './session.resolver.js';
import { resolveUser } from './user.reference.js';
import { UserResolver } from './user.resolver.js';
import type { AccountUseCases } from '../use-cases/account-use-cases.js';

/** Auth's subgraph over its use-cases. */
export function buildAuthSubgraph(accounts: AccountUseCases) {
  return buildSubgraph({
    resolvers: [new SessionResolver(accounts), new UserResolver(accounts)],
    references: { User: resolveUser },
    permissions,
  });
}
